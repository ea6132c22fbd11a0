package io.millstream.broker.http;

/**
 * One request to the schema registry, as HTTP brought it: nothing is decoded yet.
 *
 * @param method in capitals
 * @param path as it stood in the request line, percent-encoded, without the query
 * @param query as it stood there, without the question mark; null if there is none
 * @param accept the header, all of its lines joined by commas; null if there is none
 * @param contentType the header; null if there is none
 * @param body empty if there is none
 */
public record ApiRequest(String method, String path, String query, String accept, String contentType, byte[] body) {}
