package io.millstream.broker.replica;

import java.time.Duration;

/**
 * How a broker fetches from leaders.
 *
 * @param brokerId this broker, as leaders know it
 * @param waitMaxMillis how long a leader may hold a request back for want of records ({@code replica.fetch.wait.max.ms})
 * @param minBytes so many make it answer earlier ({@code replica.fetch.min.bytes})
 * @param partitionBytes about the most of one partition in an answer ({@code replica.fetch.max.bytes})
 * @param responseBytes about the most in an answer ({@code replica.fetch.response.max.bytes})
 * @param backoffMillis the longest pause after a failure, of a partition or of a connection ({@code
 *     replica.fetch.backoff.ms}); the first ones are shorter
 * @param timeout after which a leader that does not answer counts as lost ({@code replica.socket.timeout.ms})
 */
public record FetchSettings(
        int brokerId,
        int waitMaxMillis,
        int minBytes,
        int partitionBytes,
        int responseBytes,
        int backoffMillis,
        Duration timeout) {

    /** A pause after the first failure of a row; what waits for a leader that is only a little late must not wait long. */
    private static final int FIRST_PAUSE_MILLIS = 20;

    private static final int LARGEST_SHIFT = 16;

    /** How long to pause after so many failures in a row, at least one. */
    long pauseMillis(int failures) {
        return Math.min(backoffMillis, (long) FIRST_PAUSE_MILLIS << Math.min(failures - 1, LARGEST_SHIFT));
    }
}
