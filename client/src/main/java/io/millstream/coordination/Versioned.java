package io.millstream.coordination;

/**
 * A value as it was read, with what a conditional write needs.
 *
 * @param version the znode's data version
 * @param createdZxid zxid of the znode's creation; differs when a znode was deleted and made again
 * @param modifiedMillis when it was last written, by ZooKeeper's clock, in ms since the epoch
 * @param ephemeralOwner session id of the owner of an ephemeral znode; 0 for a persistent one
 */
public record Versioned<T>(T value, int version, long createdZxid, long modifiedMillis, long ephemeralOwner) {

    /** The same versions around another value. */
    public <R> Versioned<R> with(R other) {
        return new Versioned<>(other, version, createdZxid, modifiedMillis, ephemeralOwner);
    }
}
