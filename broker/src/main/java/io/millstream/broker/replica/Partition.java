package io.millstream.broker.replica;

import io.millstream.broker.log.Appended;
import io.millstream.broker.log.LogView;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.TermEnd;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One partition on this broker: its role, its log, how much of it is committed, and who waits for more.
 *
 * <p>Appends share a lock that changes of role own: none comes in between. They queue for the log's own lock, which they
 * hold for the write only and not while they check what is to be written. Reads take no lock. Changes of role come from
 * one thread at a time, a worker. Otherwise safe for use by several threads.
 */
public final class Partition {

    /** A reader that does not know the leader's epoch. */
    public static final int NO_EPOCH = -1;

    private final PartitionLog log;
    private final int brokerId;
    private final BooleanSupplier lease;
    private final Waiters committed = new Waiters(); // for the high watermark
    private final Waiters arrived = new Waiters(); // for a leader's log end, or a follower's stored end

    private final ReadWriteLock roleLock = new ReentrantReadWriteLock();
    private final Commitment commitment;
    private volatile Role role = new Role.Offline(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    private final Following following;
    private volatile int resigned = NO_EPOCH; // another has begun a later term than this one
    private volatile PartitionListener listener = new PartitionListener() {};
    private volatile StorageException damage; // null while none is known

    /** How long a producer waits for an answer. */
    public enum Durability {
        /** Until the leader has the records. */
        LEADER,
        /** Until every replica in sync has them. */
        ALL
    }

    /**
     * A partition that is offline until {@link #lead} or {@link #follow}.
     *
     * @param brokerId this broker
     * @param lease whether this broker's session is alive for sure; without it nothing is appended, because another may
     *     lead by now. Asked at every append: must be quick
     */
    public Partition(PartitionLog log, int brokerId, BooleanSupplier lease) {
        this.log = log;
        this.brokerId = brokerId;
        this.lease = lease;
        this.commitment = new Commitment(brokerId, log.view().startOffset());
        this.following = new Following(this, commitment, roleLock, committed, arrived);
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

    /** The partition as a follower changes it. */
    public Following following() {
        return following;
    }

    /** The broker that leads, as far as this one knows; empty if nobody does, or this one does not take part. */
    public OptionalInt leaderOf() {
        Role now = role;
        if (now instanceof Role.Leader) {
            return OptionalInt.of(brokerId);
        }
        return now instanceof Role.Follower follower && follower.leader() != Role.Follower.NO_LEADER
                ? OptionalInt.of(follower.leader())
                : OptionalInt.empty();
    }

    /**
     * Everything below this offset is committed: consumers see no more. Never falls while this broker leads; on a follower
     * only where the leader has not what was committed, after an unclean election.
     */
    public long highWatermark() {
        return commitment.highWatermark();
    }

    /**
     * Whether the high watermark is as high as any that an earlier leader has told: not yet if this broker has just begun to
     * lead (KIP-207).
     */
    public boolean knowsLatest() {
        return commitment.coversTermStart();
    }

    /** Tells {@code next}, and nobody else, from now on. */
    void listen(PartitionListener next) {
        listener = next;
    }

    /** Knows from an earlier life of this broker that everything below {@code offset} is committed. Before any role. */
    public void remember(long offset) {
        commitment.raise(Math.min(offset, log.view().endOffset()));
    }

    // ---- damage

    /**
     * Says that what the log has from an offset on may be damaged, which somebody will look at. From any thread.
     *
     * @param bytes of what is in doubt, about
     */
    public void suspect(long offset, int bytes) {
        listener.suspected(this, offset, bytes);
    }

    /** Remembers that the log is damaged; only the first time counts. */
    public synchronized void damaged(StorageException what) {
        if (damage == null) {
            damage = what;
        }
    }

    /** In which way the log is damaged; empty if nothing is known of that. */
    public Optional<StorageException> damage() {
        return Optional.ofNullable(damage);
    }

    // ---- the role

    /** Leads, by the next version of the state after the one it may lead by already; see {@link #lead(int, int, Isr)}. */
    public void lead(int epoch, Isr isr) {
        lead(epoch, role instanceof Role.Leader now && now.epoch() == epoch ? now.version() + 1 : 0, isr);
    }

    /**
     * Leads, or goes on leading with another ISR; does nothing if it leads in this epoch by that version or a later one
     * already, unless {@code min.insync.replicas} has changed. Writes to disk when the term is new, so call it on a worker.
     * With {@code flush=commit} all that is in the log is on disk before.
     *
     * @param version of the partition's state
     * @throws StorageException if the term could not be recorded; the partition is offline then
     */
    public void lead(int epoch, int version, Isr isr) {
        if (role instanceof Role.Leader leader && leader.epoch() == epoch) {
            settle(epoch, version, isr);
            return;
        }
        if (epoch <= resigned) {
            return; // what is played was read before this broker learned that the term is over
        }
        stop(ErrorCode.NOT_LEADER_OR_FOLLOWER); // nothing may come between the terms
        log.beginTerm(epoch);
        if (log.storedOffset() < log.view().endOffset()) {
            log.flush(); // what an earlier process wrote must not wait for somebody to write more
        }
        commitment.begin(log.view().endOffset());
        changeRole(new Role.Leader(epoch, version, isr));
        commitment.advance(isr, log.storedOffset());
        wakeAll(true);
        tellIfIsrIsDue(isr);
    }

    private void tellIfIsrIsDue(Isr isr) {
        if (isr.waitsForEligible()) {
            listener.isrDue(this);
        }
    }

    /**
     * Goes on leading with the ISR of a later version of the partition's state, or with another
     * {@code min.insync.replicas}. Does nothing if this broker does not lead in that epoch, or by that version already.
     */
    public void settle(int epoch, int version, Isr isr) {
        boolean changed = change(epoch, now -> {
            if (version > now.version()) {
                return new Role.Leader(epoch, version, isr);
            }
            return version == now.version()
                    ? new Role.Leader(epoch, version, now.isr().withMinimum(isr.minInSync()))
                    : now;
        });
        if (changed) {
            advance();
            wakeAll(false);
            if (role instanceof Role.Leader now) {
                tellIfIsrIsDue(now.isr());
            }
        }
    }

    /**
     * Follows a leader. What this broker appends to its log from now on is what the leader has. Writes to disk at times:
     * for workers.
     *
     * @param leader broker id, or {@link Role.Follower#NO_LEADER}
     * @throws StorageException if the disk fails; the partition is offline then
     */
    public void follow(int epoch, int leader) {
        Role.Follower next = new Role.Follower(epoch, leader);
        if (!role.equals(next)) {
            stop(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            log.follower().begin();
            if (log.storedOffset() < log.view().endOffset()) {
                log.flush(); // it fetches from what is stored
            }
            changeRole(next);
            wakeAll(true);
        }
    }

    /** Takes part no more; who waits is told. The log stays open. */
    public void stop(ErrorCode why) {
        boolean changes = !role.equals(new Role.Offline(why));
        changeRole(new Role.Offline(why));
        wakeAll(changes);
    }

    private void changeRole(Role next) {
        roleLock.writeLock().lock();
        try {
            role = next;
        } finally {
            roleLock.writeLock().unlock();
        }
    }

    private void wakeAll(boolean roleChanged) {
        committed.changed();
        arrived.changed();
        if (roleChanged) {
            listener.roleChanged(this);
        }
    }

    /** As {@link Role#refusal}, of the role that is played now. */
    public ErrorCode refusal(int epoch) {
        return role.refusal(epoch);
    }

    /** As {@link Role#readRefusal}, of the role that is played now. */
    public ErrorCode readRefusal(int epoch) {
        return role.readRefusal(epoch);
    }

    // ---- as leader

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
        Role before = role; // which may be another at each look
        if (!(before instanceof Role.Leader)) {
            return refused(before.refusal(NO_EPOCH)); // an event loop must not wait for a follower that cuts its log
        }
        roleLock.readLock().lock();
        try {
            if (!(role instanceof Role.Leader leader)) {
                return refused(refusal(NO_EPOCH));
            }
            if (!lease.getAsBoolean()) {
                return refused(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            }
            if (durability == Durability.ALL && !leader.isr().meetsMinimum()) {
                return refused(ErrorCode.NOT_ENOUGH_REPLICAS);
            }
            appended = log.append(records, leader.epoch());
            moved = commitment.advance(leader.isr(), log.storedOffset());
        } finally {
            roleLock.readLock().unlock();
        }
        arrived.moved(log.view().endOffset());
        if (moved) {
            committed.moved(highWatermark());
        }
        return appended;
    }

    private static Appended refused(ErrorCode error) {
        return new Appended(error, false, Appended.NONE, Appended.NONE, Appended.NONE, error.description());
    }

    /** More is stored than before, here, or fewer are waited for. */
    private void advance() {
        boolean moved;
        roleLock.readLock().lock();
        try {
            moved = role instanceof Role.Leader leader && commitment.advance(leader.isr(), log.storedOffset());
        } finally {
            roleLock.readLock().unlock();
        }
        if (moved) {
            committed.moved(highWatermark());
        }
        if (role instanceof Role.Follower) {
            arrived.moved(log.storedOffset());
        }
    }

    /**
     * A follower fetches: it has everything below {@code fetchOffset}, if what it has is what the leader has. May be asked
     * again for the same request when the leader's end has moved.
     *
     * @param leaderEpoch in which the follower follows; must be this leader's
     * @param fetchOffset the end of the follower's log
     * @param lastFetchedEpoch of its last record; -1 if it has none
     * @param nowNanos by {@link io.millstream.core.Clock#nanos}
     */
    public ReplicaFetch replicaFetch(
            ReplicaId replica, int leaderEpoch, long fetchOffset, int lastFetchedEpoch, long nowNanos) {
        Commitment.Fetched fetched;
        Role.Leader leader;
        long end;
        Role before = role; // as in append
        if (!(before instanceof Role.Leader)) {
            return new ReplicaFetch.Refused(before.refusal(leaderEpoch));
        }
        roleLock.readLock().lock();
        try {
            ErrorCode refusal = leaderEpoch == NO_EPOCH ? ErrorCode.UNKNOWN_LEADER_EPOCH : refusal(leaderEpoch);
            if (refusal != ErrorCode.NONE) {
                return new ReplicaFetch.Refused(refusal);
            }
            leader = (Role.Leader) role;
            Optional<TermEnd> divergence = log.divergence(lastFetchedEpoch, fetchOffset);
            if (divergence.isPresent()) {
                return new ReplicaFetch.Diverged(divergence.get());
            }
            LogView view = log.view();
            end = view.endOffset();
            if (fetchOffset < view.startOffset() || fetchOffset > end) {
                return new ReplicaFetch.Refused(ErrorCode.OFFSET_OUT_OF_RANGE);
            }
            fetched = commitment.fetched(
                    leader.isr(), replica, fetchOffset, new Commitment.Own(end, log.storedOffset()), nowNanos);
        } finally {
            roleLock.readLock().unlock();
        }
        if (fetched.moved()) {
            committed.moved(highWatermark());
        }
        if (fetched.caughtUp() && !leader.isr().members().contains(replica.broker())) {
            listener.isrDue(this);
        }
        return new ReplicaFetch.Served(leader, end);
    }

    /** Broker id to the end of its log, of the other replicas that are in sync; empty if this broker does not lead. */
    public Map<Integer, Long> inSyncEnds() {
        return role instanceof Role.Leader leader ? commitment.ends(leader.isr().stored()) : Map.of();
    }

    /**
     * How the followers do that have fetched in this term or are in the ISR, by broker id; empty if this broker does not
     * lead.
     *
     * @param nowNanos by {@link io.millstream.core.Clock#nanos}
     * @param lagNanos {@code replica.lag.time.max.ms}: for how long a follower may stay behind the leader's end
     */
    public Map<Integer, FollowerStanding> standings(long nowNanos, long lagNanos) {
        return role instanceof Role.Leader leader
                ? commitment.standings(leader.isr().members(), log.view().endOffset(), nowNanos, lagNanos)
                : Map.of();
    }

    /**
     * Lets the high watermark wait for {@code wanted} as well, while they are being written as the ISR.
     *
     * @param version of the state that is being replaced
     * @return false if this broker does not lead by that version, or who would join has not all that is committed by now;
     *     nothing has happened then
     */
    public boolean propose(int epoch, int version, Set<Integer> wanted) {
        boolean unused = change(
                epoch, now -> now.version() == version ? now.with(now.isr().proposing(wanted)) : now);
        if (!(role instanceof Role.Leader now)
                || now.epoch() != epoch
                || now.version() != version
                || !now.isr().members().containsAll(wanted)) {
            return false;
        }
        // More may have been committed since they were looked at; from now on it waits for them.
        Set<Integer> joining = new HashSet<>(wanted);
        joining.removeAll(now.isr().stored());
        if (!commitment.isHeldBy(joining)) {
            withdraw(epoch, version);
            return false;
        }
        return true;
    }

    /** What was proposed has certainly not been written, and never will be. Does nothing if another version is known. */
    public void withdraw(int epoch, int version) {
        if (change(epoch, now -> now.version() == version ? now.with(now.isr().settled()) : now)) {
            advance();
        }
    }

    /** Leads no more in this epoch, because another has begun, and never again. */
    public void resign(int epoch) {
        resigned = Math.max(resigned, epoch);
        if (change(epoch, now -> new Role.Offline(ErrorCode.NOT_LEADER_OR_FOLLOWER))) {
            wakeAll(true);
        }
    }

    /** Changes the role of a leader of this epoch; whether it is another now. */
    private boolean change(int epoch, Function<Role.Leader, Role> next) {
        roleLock.writeLock().lock();
        try {
            if (!(role instanceof Role.Leader leader) || leader.epoch() != epoch) {
                return false;
            }
            role = next.apply(leader);
            return !role.equals(leader);
        } finally {
            roleLock.writeLock().unlock();
        }
    }

    // ---- waiting

    /**
     * Waits for the high watermark to become larger than {@code seen}, or for the role to become another than
     * {@code seenIn}; which may have happened already, and then {@code wake} is called at once.
     *
     * @param wake called at most once, from any thread, under no lock; must be quick
     */
    public Ticket await(Role seenIn, long seen, Runnable wake) {
        Ticket ticket = committed.enter(seen, wake);
        if (highWatermark() > seen) {
            committed.moved(highWatermark());
        }
        if (!role.equals(seenIn)) {
            committed.changed();
        }
        return ticket;
    }

    /**
     * As {@link #await}, for the end of a leader's log, committed or not.
     *
     * @param seenIn of {@link ReplicaFetch.Served}
     * @param seen the end as {@link ReplicaFetch.Served} had it
     */
    public Ticket awaitEnd(Role.Leader seenIn, long seen, Runnable wake) {
        Ticket ticket = arrived.enter(seen, wake);
        if (log.view().endOffset() > seen) {
            arrived.moved(log.view().endOffset());
        }
        if (!role.sameTerm(seenIn)) {
            arrived.changed();
        }
        return ticket;
    }

    /** How many wait for this partition. */
    public int waiting() {
        return committed.size() + arrived.size();
    }
}
