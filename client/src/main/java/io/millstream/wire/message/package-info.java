/**
 * One file per API: a request and a response record, each with {@code read} and {@code write} for all versions of the
 * window in {@link io.millstream.wire.ApiKey}. Used by brokers, clients and tests alike.
 */
package io.millstream.wire.message;
