package io.millstream.broker.replica;

/**
 * A follower as its leader knows it.
 *
 * @param broker its id
 * @param incarnation by which its log is told from what it was before, as the broker's registration has it: of another one
 *     nothing is known
 */
public record ReplicaId(int broker, long incarnation) {}
