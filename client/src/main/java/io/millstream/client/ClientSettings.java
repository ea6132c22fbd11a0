package io.millstream.client;

import io.millstream.net.ConnectionSettings;
import java.time.Duration;

/**
 * How patient a client is.
 *
 * @param timeout within which a blocking call answers or throws {@link TimedOutException}; all its retries together
 * @param minBackoff wait before the first retry; doubled for each further one
 * @param maxBackoff longest wait between two tries
 */
public record ClientSettings(
        ConnectionSettings connection, Duration timeout, Duration minBackoff, Duration maxBackoff) {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration MIN_BACKOFF = Duration.ofMillis(50);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(1);

    /** 60 s per call, 50 ms to 1 s between tries, and {@link ConnectionSettings#defaults}. */
    public static ClientSettings defaults(String clientId) {
        return new ClientSettings(ConnectionSettings.defaults(clientId), TIMEOUT, MIN_BACKOFF, MAX_BACKOFF);
    }

    /** The same with another time-out for calls. */
    public ClientSettings withTimeout(Duration other) {
        return new ClientSettings(connection, other, minBackoff, maxBackoff);
    }

    /** The same with other waits between tries. */
    public ClientSettings withBackoff(Duration min, Duration max) {
        return new ClientSettings(connection, timeout, min, max);
    }

    /** The same with other settings for connections. */
    public ClientSettings withConnection(ConnectionSettings other) {
        return new ClientSettings(other, timeout, minBackoff, maxBackoff);
    }
}
