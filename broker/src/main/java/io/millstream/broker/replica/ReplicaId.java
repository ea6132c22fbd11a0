package io.millstream.broker.replica;

/**
 * A follower as its leader knows it.
 *
 * @param broker its id
 * @param registration creation zxid of the registration under which it fetches: another one is another incarnation, of
 *     which nothing is known
 */
public record ReplicaId(int broker, long registration) {}
