package io.millstream.broker.http;

/**
 * How much of a broker its HTTP endpoint may take.
 *
 * @param connections open at a time; for one more, who has been idle for longest is closed; it itself, if none is idle
 * @param bodyBytes of one request
 * @param heldBytes of all bodies that are being received or wait to be worked on
 * @param unsentBytes of all answers that clients have not taken yet, beyond which those who ask are told to come again
 * @param workers requests that are worked on at a time
 * @param waiting requests that wait for a worker
 * @param receiveMillis for a request's body
 * @param sendMillis for a client to take an answer, and as long again for each MiB of it
 * @param idleMillis between requests
 * @param answerMillis that a request is waited for which needs ZooKeeper: less than clients wait, so that they hear why
 */
record HttpLimits(
        int connections,
        int bodyBytes,
        long heldBytes,
        long unsentBytes,
        int workers,
        int waiting,
        long receiveMillis,
        long sendMillis,
        long idleMillis,
        long answerMillis) {

    /** A schema has 256 KiB of text at most; as a string in JSON that can be six times as much, and never is. */
    static final HttpLimits USUAL =
            new HttpLimits(2_000, 1 << 20, 16 << 20, 16 << 20, 4, 64, 30_000, 30_000, 60_000, 8_000);
}
