/**
 * The broker's HTTP endpoint: health, and the schema registry's REST API. {@code RegistryApi} and the routes below it turn a
 * request into an answer and know nothing of connections; {@code HttpEndpoint} and its neighbours know nothing of schemas, run
 * on threads of their own, and see to it that nobody takes more of the broker than is his.
 */
package io.millstream.broker.http;
