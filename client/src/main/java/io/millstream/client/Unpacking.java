package io.millstream.client;

import io.millstream.record.UnpackedBatch;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;

/**
 * Where batches are unpacked before their reader comes to them: a thread, and memory that is used again, by all readers that
 * were given this. Thread safe.
 */
public final class Unpacking {

    /** Two of the reader at work, two of the one that is opened ahead; what comes back beyond them is garbage. */
    private static final int SPACES_KEPT = 4;

    /** One that had to be larger, for a large batch, is not kept for ever. */
    private static final int LARGEST_KEPT = 4 << 20;

    private final Executor worker;
    private final BlockingQueue<UnpackedBatch.Space> spaces = new ArrayBlockingQueue<>(SPACES_KEPT);

    /** @param worker stays the caller's to stop */
    public Unpacking(Executor worker) {
        this.worker = worker;
    }

    Executor worker() {
        return worker;
    }

    UnpackedBatch.Space take() {
        UnpackedBatch.Space used = spaces.poll();
        return used == null ? new UnpackedBatch.Space() : used;
    }

    /** Nobody may look at what lies there any more. */
    void giveBack(UnpackedBatch.Space space) {
        if (space.capacity() <= LARGEST_KEPT) {
            var unused = spaces.offer(space);
        }
    }
}
