package io.millstream.broker.replica;

import io.millstream.broker.log.Appended;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;

/**
 * One partition on this broker: its role, its log, how much of it is committed, and who waits for more.
 *
 * <p>Appends share a lock that changes of role own: none comes in between. They queue for the log's own lock, which they
 * hold for the write only and not while they check what is to be written. Reads take no lock. Changes of role come from
 * one thread, a worker. Otherwise safe for use by several threads.
 */
public final class Partition {

    /** A reader that does not know the leader's epoch. */
    public static final int NO_EPOCH = -1;

    private static final long UNKNOWN_END = -1;

    private final PartitionLog log;
    private final int brokerId;
    private final BooleanSupplier lease;
    private final Waiters waiters = new Waiters();

    private final ReadWriteLock roleLock = new ReentrantReadWriteLock();
    private final Object commitLock = new Object();
    private volatile Role role = new Role.Offline(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    private volatile long highWatermark;

    /** How long a producer waits for an answer. */
    public enum Durability {
        /** Until the leader has the records. */
        LEADER,
        /** Until every replica in sync has them. */
        ALL
    }

    /**
     * A partition that is offline until {@link #lead}.
     *
     * @param brokerId this broker
     * @param lease whether this broker's session is alive for sure; without it nothing is appended, because another may
     *     lead by now. Asked at every append: must be quick
     */
    public Partition(PartitionLog log, int brokerId, BooleanSupplier lease) {
        this.log = log;
        this.brokerId = brokerId;
        this.lease = lease;
        this.highWatermark = log.view().startOffset();
        log.onFlush(flushed -> advance());
    }

    public TopicPartition id() {
        return log.partition();
    }

    /** The records, for what does not depend on role or commitment. */
    public PartitionLog log() {
        return log;
    }

    public Role role() {
        return role;
    }

    /** Everything below this offset is committed: consumers see no more. Never falls while this broker leads. */
    public long highWatermark() {
        return highWatermark;
    }

    /**
     * Leads, or goes on leading with another ISR. Writes to disk when the term is new, so call it on a worker. With
     * {@code flush=commit} all that is in the log is on disk before.
     *
     * @throws StorageException if the term could not be recorded; the partition is offline then
     */
    public void lead(int epoch, Isr isr) {
        if (!(role instanceof Role.Leader leader) || leader.epoch() != epoch) {
            stop(ErrorCode.NOT_LEADER_OR_FOLLOWER); // nothing may come between the terms
            log.beginTerm(epoch);
            if (log.storedOffset() < log.view().endOffset()) {
                log.flush(); // what an earlier process wrote must not wait for somebody to write more
            }
        }
        changeRole(new Role.Leader(epoch, isr));
        advance(isr);
        waiters.changed();
    }

    /** Leads no more; who waits is told. The log stays open. */
    public void stop(ErrorCode why) {
        changeRole(new Role.Offline(why));
        waiters.changed();
    }

    private void changeRole(Role next) {
        roleLock.writeLock().lock();
        try {
            role = next;
        } finally {
            roleLock.writeLock().unlock();
        }
    }

    /**
     * Why a reader or writer cannot be served.
     *
     * @param epoch of the leader, as the client knows it, or {@link #NO_EPOCH}
     * @return {@link ErrorCode#NONE} if it can
     */
    public ErrorCode refusal(int epoch) {
        Role now = role;
        if (now instanceof Role.Offline offline) {
            return offline.why();
        }
        int current = ((Role.Leader) now).epoch();
        if (epoch == NO_EPOCH || epoch == current) {
            return ErrorCode.NONE;
        }
        return epoch < current ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }

    /**
     * Appends as leader. The records are committed once the high watermark reaches {@link Appended#nextOffset}, which may
     * be so already.
     *
     * @param records as in {@link PartitionLog#append}
     * @throws StorageException if the disk fails
     */
    public Appended append(ByteBuf records, Durability durability) {
        Appended appended;
        boolean moved;
        roleLock.readLock().lock();
        try {
            if (!(role instanceof Role.Leader leader)) {
                return refused(((Role.Offline) role).why());
            }
            if (!lease.getAsBoolean()) {
                return refused(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            }
            if (durability == Durability.ALL && !leader.isr().meetsMinimum()) {
                return refused(ErrorCode.NOT_ENOUGH_REPLICAS);
            }
            appended = log.append(records, leader.epoch());
            moved = advance(leader.isr());
        } finally {
            roleLock.readLock().unlock();
        }
        if (moved) {
            waiters.moved(highWatermark);
        }
        return appended;
    }

    /** More is on disk than before. */
    private void advance() {
        boolean moved;
        roleLock.readLock().lock();
        try {
            moved = role instanceof Role.Leader leader && advance(leader.isr());
        } finally {
            roleLock.readLock().unlock();
        }
        if (moved) {
            waiters.moved(highWatermark);
        }
    }

    /** Whether the high watermark has moved. */
    private boolean advance(Isr isr) {
        synchronized (commitLock) {
            long before = highWatermark;
            highWatermark = isr.highWatermark(before, id -> id == brokerId ? log.storedOffset() : UNKNOWN_END);
            return highWatermark > before;
        }
    }

    private static Appended refused(ErrorCode error) {
        return new Appended(error, false, Appended.NONE, Appended.NONE, Appended.NONE, error.description());
    }

    /**
     * Waits for the high watermark to become larger than {@code seen}, or for the role to become another than
     * {@code seenIn}; which may have happened already, and then {@code wake} is called at once.
     *
     * @param wake called at most once, from any thread, under no lock; must be quick
     */
    public Ticket await(Role seenIn, long seen, Runnable wake) {
        Ticket ticket = waiters.enter(seen, wake);
        if (highWatermark > seen) {
            waiters.moved(highWatermark);
        }
        if (!role.equals(seenIn)) {
            waiters.changed();
        }
        return ticket;
    }

    /** How many wait for this partition. */
    public int waiting() {
        return waiters.size();
    }
}
