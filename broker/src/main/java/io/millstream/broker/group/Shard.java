package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Lease;
import io.millstream.coordination.Paths;
import io.millstream.core.Loop;
import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A share of the cluster's groups, with their timers. It serves while it is this broker's: its znode had a certain version
 * when last heard of, and the session in which that was written surely lives.
 *
 * <p>Lives on one loop; {@link #call} and {@link #post} may be called from any thread.
 */
final class Shard {

    private static final Logger log = LoggerFactory.getLogger(Shard.class);
    private static final long SUSPENDED_MILLIS = 1_000;

    private final int number;
    private final Loop loop;
    private final GroupEnvironment environment;
    private final OffsetStore store;
    private final Map<String, Seat> seats = new HashMap<>();

    private Optional<Lease> lease = Optional.empty();
    private volatile int version = -1;
    private volatile boolean inDoubt;
    private long since;

    /** @param lost told when the shard seems to be another broker's: it must look, and say so or take the shard anew */
    Shard(int number, Loop loop, GroupEnvironment environment, Runnable lost) {
        this.number = number;
        this.loop = loop;
        this.environment = environment;
        this.store = new OffsetStore(environment, loop, Paths.coordinator(number), () -> {
            log.info("Shard {} of the groups has been raised; looking whether another broker has it", number);
            inDoubt = true;
            lease = Optional.empty(); // nobody is served until that is known
            lost.run();
        });
    }

    /** The version under which the shard is this broker's; -1 if it is not. From any thread. */
    int version() {
        return version;
    }

    /** Whether it is to be found out if the shard is still this broker's. From any thread. */
    boolean isInDoubt() {
        return inDoubt;
    }

    Loop loop() {
        return loop;
    }

    OffsetStore store() {
        return store;
    }

    GroupEnvironment environment() {
        return environment;
    }

    /** Since when the shard has been this broker's, in ms on the monotonic clock. */
    long since() {
        return since;
    }

    /**
     * The shard is this broker's now.
     *
     * @param before the version that was raised: if it is the one that this broker had, nobody else had the shard meanwhile
     *     and its groups go on
     */
    void acquired(int before, int now, Lease session) {
        loop.assertOwned();
        inDoubt = false;
        if (version < 0 || version != before) {
            store.abandon(); // what waits is of another time
            dismiss();
            since = environment.now();
        }
        version = now;
        lease = Optional.of(session);
        store.acquired(now);
        long time = environment.now();
        for (Seat seat : seats.values()) {
            seat.group().pardon(time); // nobody could be heard while ZooKeeper was away
            settle(seat, List.of());
        }
    }

    /** The shard is not this broker's any more: who waits is told to look for another. */
    void abandon() {
        loop.assertOwned();
        version = -1;
        inDoubt = false;
        lease = Optional.empty();
        dismiss();
        store.abandon();
    }

    private void dismiss() {
        List<Seat> all = List.copyOf(seats.values());
        seats.clear();
        for (Seat seat : all) {
            seat.disarm();
            seat.group().die(ErrorCode.NOT_COORDINATOR).forEach(Reply::deliver);
        }
    }

    private ErrorCode readiness() {
        if (version < 0) {
            return ErrorCode.NOT_COORDINATOR;
        }
        return lease.isPresent() && lease.get().holds() ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE;
    }

    /** Runs {@code work} on the loop if the shard serves; else the result is what {@code refusal} makes of the reason. */
    <T> CompletableFuture<T> call(Function<ErrorCode, T> refusal, Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable task = () -> {
            ErrorCode error = readiness();
            if (error != ErrorCode.NONE) {
                result.complete(refusal.apply(error));
                return;
            }
            CompletableFuture<?> unused = work.get().whenComplete((done, failure) -> {
                if (failure != null) {
                    log.warn("Offsets of shard {} are out of reach: {}", number, failure.getMessage());
                    result.complete(refusal.apply(ErrorCode.COORDINATOR_NOT_AVAILABLE));
                } else {
                    result.complete(done);
                }
            });
        };
        if (!post(task)) {
            result.complete(refusal.apply(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        }
        return result;
    }

    /** Runs {@code task} on the loop, unless that is closed. */
    boolean post(Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            log.debug("Shard {} is closed, or has too much to do", number, closed);
            return false;
        }
    }

    /** The group, if it is known here. */
    Optional<Group> group(String id) {
        return Optional.ofNullable(seats.get(id)).map(Seat::group);
    }

    List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        seats.values().forEach(seat -> groups.add(seat.group()));
        return groups;
    }

    /** The group; made if it is not known. */
    Group groupOrNew(String id) {
        return seats.computeIfAbsent(id, key -> new Seat(new Group(key, environment.membership(), environment.now())))
                .group();
    }

    void remove(String id) {
        Seat seat = seats.remove(id);
        if (seat != null) {
            seat.disarm();
        }
    }

    /** Lets {@code event} happen to the group, delivers what it leads to, and sets the timer. */
    void happen(String id, Function<Group, List<Reply<?>>> event) {
        Seat seat = seats.get(id);
        settle(seat, event.apply(seat.group()));
    }

    private void settle(Seat seat, List<Reply<?>> replies) {
        replies.forEach(Reply::deliver);
        Group group = seat.group();
        if (group.isBlank()) {
            remove(group.id());
            return;
        }
        long next = group.nextDeadline();
        if (seat.isLaterThan(next)) {
            arm(seat, next);
        }
    }

    private void arm(Seat seat, long due) {
        long delay = Math.max(0, due - environment.now());
        seat.arm(loop.schedule(() -> fire(seat), delay, TimeUnit.MILLISECONDS), due);
    }

    private void fire(Seat seat) {
        if (seats.get(seat.group().id()) != seat) {
            return;
        }
        seat.disarm();
        if (readiness() == ErrorCode.NONE) {
            settle(seat, seat.group().tick(environment.now()));
        } else { // members are not heard now, so they are not silent
            arm(seat, environment.now() + SUSPENDED_MILLIS);
        }
    }

    /** For everything that a broker does on its own account, not for a client. */
    Coordination coordination() {
        return environment.coordination();
    }

    /** Calls {@code consumer} with what the group is reserved for, if it is. */
    boolean isReserved(String id, Consumer<String> consumer) {
        Optional<String> reason = environment.reservations().of(id);
        reason.ifPresent(consumer);
        return reason.isPresent();
    }
}
