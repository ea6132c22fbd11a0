package io.millstream.coordination;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.core.Entropy;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The right to act, taken from whoever had it before: a persistent znode whose data version every acquisition raises.
 * That version is the fencing number; a commit that carries {@link #check} is refused as soon as somebody has a higher
 * one. Whether the holder is alive is another question, answered by an ephemeral znode, whose version says nothing: made
 * again, it starts at 0.
 *
 * @param path the znode
 * @param number the version that this acquisition gave it; from 1, higher than every earlier one
 */
public record Fence(String path, int number) {

    private static final int ATTEMPTS = 100;

    /**
     * Raises the fence. The parent is made if it is missing. Blocks.
     *
     * @param owner who raises it, for people to read
     * @throws CoordinationException with {@link Reason#UNKNOWN_OUTCOME} if ZooKeeper stayed out of reach; raising it again
     *     is the way out
     */
    public static Fence raise(Coordination coordination, String path, String owner, Entropy entropy) {
        // One token for all attempts: whichever of them is applied, and be it late, is ours.
        UUID token = entropy.uuid();
        byte[] holder = Document.write(new FenceHolder(owner, token));
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Versioned<byte[]>> found = Coordination.await(coordination.read(path));
            if (found.isEmpty()) {
                Coordination.await(coordination.ensurePath(path));
                continue;
            }
            if (isOurs(found.get(), token, path)) {
                return new Fence(path, found.get().version());
            }
            try {
                Write step = new Write.Update(path, holder, found.get().version());
                return new Fence(path, Coordination.await(coordination.commit(step)));
            } catch (CoordinationException e) {
                if (e.reason() == Reason.REFUSED) {
                    throw e;
                }
                // Somebody else was faster, or the answer was lost: the znode tells.
            }
        }
        throw new CoordinationException(
                Reason.CONFLICT, path + " was raised by others each of " + ATTEMPTS + " times that it was tried", null);
    }

    private static boolean isOurs(Versioned<byte[]> found, UUID token, String path) {
        return found.value().length > 0
                && Objects.equals(
                        token,
                        Document.read(found.value(), FenceHolder.class, path).token());
    }

    /** The step that makes a commit fail once somebody else has raised the fence. */
    public Write check() {
        return new Write.Check(path, number);
    }
}
