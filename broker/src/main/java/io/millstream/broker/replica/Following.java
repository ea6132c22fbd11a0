package io.millstream.broker.replica;

import io.millstream.broker.log.LogView;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.TermEnd;
import io.millstream.record.CorruptBatchException;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition as a follower changes it, by what its leader answers. One thread at a time hands over answers: the fetcher's.
 * An answer to what was asked in another term changes nothing.
 */
public final class Following {

    private static final Logger logger = LoggerFactory.getLogger(Following.class);

    private final Partition partition;
    private final PartitionLog log;
    private final Commitment commitment;
    private final ReadWriteLock roleLock;
    private final Waiters committed;
    private final Waiters arrived;

    /**
     * @param roleLock held shared while records are appended, and owned while the log is cut
     * @param committed wait for the high watermark
     * @param arrived wait for the end of what is stored
     */
    Following(Partition partition, Commitment commitment, ReadWriteLock roleLock, Waiters committed, Waiters arrived) {
        this.partition = partition;
        this.log = partition.log();
        this.commitment = commitment;
        this.roleLock = roleLock;
        this.committed = committed;
        this.arrived = arrived;
    }

    /** From where to fetch; empty if this broker does not follow, or nobody leads. */
    public Optional<FollowerPosition> position() {
        if (!(partition.role() instanceof Role.Follower follower) || follower.leader() == Role.Follower.NO_LEADER) {
            return Optional.empty();
        }
        long stored = log.storedOffset(); // before the end: what is told to be stored must be
        LogView view = log.view();
        return Optional.of(new FollowerPosition(
                follower.epoch(),
                follower.leader(),
                view.endOffset(),
                log.follower().lastEpoch(),
                view.startOffset(),
                stored >= view.endOffset()));
    }

    /**
     * Takes over what a leader has answered, an empty answer included: appends the records, raises the high watermark to the
     * leader's and the log's start to the leader's, as far as this log goes. Blocks on the disk at times: for the fetcher's
     * loop.
     *
     * @param epoch of the {@link #position} that was asked with
     * @param records batches as they lie in the leader's log, one after the other; the last may be cut off, and is then left
     *     for the next fetch. Belongs to the caller
     * @param leaderHighWatermark the leader's, from the same answer
     * @param leaderLogStart the leader's, from the same answer
     * @return false if this broker does not follow in that epoch any more: nothing has happened then
     * @throws CorruptBatchException if the records are damaged, or do not go on where this log ends: what came before is
     *     appended. The leader must be asked again, after a while
     * @throws StorageException if the disk fails
     */
    public boolean appendReplicated(int epoch, ByteBuf records, long leaderHighWatermark, long leaderLogStart) {
        boolean moved;
        roleLock.readLock().lock();
        try {
            if (!follows(epoch)) {
                return false;
            }
            if (records.isReadable()) {
                log.follower().append(records, epoch, leaderHighWatermark);
            }
            moved = commitment.raise(Math.min(leaderHighWatermark, log.view().endOffset()));
        } finally {
            roleLock.readLock().unlock();
        }
        if (moved) {
            committed.moved(commitment.highWatermark());
        }
        if (leaderLogStart > log.view().startOffset()) {
            log.advanceStart(Math.min(leaderLogStart, commitment.highWatermark()));
        }
        return true;
    }

    /**
     * Cuts what the leader has not: everything behind the last term that both have, as far as this log's end of that term
     * and the leader's are the same. The leader must be asked again, from {@link #position}, which then has moved down.
     * Blocks on the disk: for the fetcher's loop.
     *
     * @param epoch of the {@link #position} that was asked with
     * @param leaderEnd as the leader has answered
     * @return false if this broker does not follow in that epoch any more: nothing has happened then
     */
    public boolean diverged(int epoch, TermEnd leaderEnd) {
        return cut(epoch, () -> log.follower().truncateTo(leaderEnd));
    }

    /**
     * Empties the log, because the leader has nothing any more of what would come next; what follows begins at the leader's
     * start. Blocks on the disk: for the fetcher's loop.
     *
     * @param epoch of the {@link #position} that was asked with
     * @param leaderLogStart where the leader's log starts
     * @return false if this broker does not follow in that epoch any more: nothing has happened then
     */
    public boolean startOver(int epoch, long leaderLogStart) {
        return cut(epoch, () -> log.follower().startOver(leaderLogStart));
    }

    /** Whether a cut has failed on the way: nothing counts as stored until {@link #finishCut}. */
    public boolean isCutPending() {
        return log.follower().isCutPending();
    }

    /**
     * Does to its end what a cut has left that failed on the way. Blocks on the disk: for the fetcher's loop.
     *
     * @param epoch of the {@link #position} that was asked with
     * @return false if this broker does not follow in that epoch any more: nothing has happened then
     */
    public boolean finishCut(int epoch) {
        return cut(epoch, () -> log.follower().finishCut());
    }

    /** Appends and changes of role wait meanwhile. */
    private boolean cut(int epoch, Runnable cut) {
        roleLock.writeLock().lock();
        try {
            if (!follows(epoch)) {
                return false;
            }
            try {
                cut.run();
            } finally {
                lowerHighWatermark(epoch); // a cut that has failed on the way may have published a shorter log
            }
            commitment.raise(log.view().startOffset());
            return true;
        } finally {
            roleLock.writeLock().unlock();
        }
    }

    private void lowerHighWatermark(int epoch) {
        long end = log.view().endOffset();
        if (commitment.cut(end)) {
            logger.warn(
                    "{}: the leader of epoch {} does not have everything that was committed: cut at offset {}",
                    partition.id(),
                    epoch,
                    end);
        }
    }

    private boolean follows(int epoch) {
        return partition.role() instanceof Role.Follower follower && follower.epoch() == epoch;
    }

    /**
     * As {@link Partition#await}, for all of a follower's log to be stored.
     *
     * @param seen of which not all was stored
     */
    public Ticket awaitStored(FollowerPosition seen, Runnable wake) {
        Ticket ticket = arrived.enter(seen.fetchOffset() - 1, wake);
        if (log.storedOffset() >= seen.fetchOffset()) {
            arrived.moved(log.storedOffset());
        }
        if (!follows(seen.epoch())) {
            arrived.changed();
        }
        return ticket;
    }
}
