package io.millstream.net;

import java.time.Duration;

/**
 * How connections behave.
 *
 * @param clientId how this client calls itself in requests; shows up in brokers' logs and quotas
 * @param connectTimeout for the TCP connection, and again for the negotiation of versions
 * @param requestTimeout from the call of {@link Connection#send} to the answer, unless the call says otherwise
 * @param maxInFlight requests that may wait for an answer on one connection; more are refused
 */
public record ConnectionSettings(String clientId, Duration connectTimeout, Duration requestTimeout, int maxInFlight) {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_IN_FLIGHT = 1_000;

    /** 10 s to connect, 30 s to answer, at most 1,000 requests in flight. */
    public static ConnectionSettings defaults(String clientId) {
        return new ConnectionSettings(clientId, CONNECT_TIMEOUT, REQUEST_TIMEOUT, MAX_IN_FLIGHT);
    }

    /** The same with another time-out for answers. */
    public ConnectionSettings withRequestTimeout(Duration timeout) {
        return new ConnectionSettings(clientId, connectTimeout, timeout, maxInFlight);
    }

    /** The same with another time-out for connecting. */
    public ConnectionSettings withConnectTimeout(Duration timeout) {
        return new ConnectionSettings(clientId, timeout, requestTimeout, maxInFlight);
    }

    /** The same with another bound on requests in flight. */
    public ConnectionSettings withMaxInFlight(int requests) {
        return new ConnectionSettings(clientId, connectTimeout, requestTimeout, requests);
    }
}
