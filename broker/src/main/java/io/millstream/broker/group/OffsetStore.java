package io.millstream.broker.group;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Write;
import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed offsets of one shard's groups, in ZooKeeper. One request is under way at a time; what comes meanwhile goes
 * into the next, many groups together. Each request checks the shard's version, so that a broker that lost the shard writes
 * nothing, each group's fence, so that an ingest commit is not undone, and the version of each offset it replaces. What is
 * answered has been written; what may or may not have been is read again. However often that is, an offset is written under
 * the fence under which it was accepted, or not at all, and not for a group that was reserved meanwhile.
 *
 * <p>Lives on the shard's loop.
 */
final class OffsetStore {

    private static final Logger log = LoggerFactory.getLogger(OffsetStore.class);

    private static final int MAX_OFFSETS = 1_000;
    private static final long MAX_WAITING_BYTES = 4 << 20;
    private static final int MAX_TRIES = 5;
    private static final long RETRY_MILLIS = 100;
    private static final String OVERTAKEN =
            "A commit of group {} was refused: its offsets have been moved by a direct writer since";

    private final Coordination coordination;
    private final Loop loop;
    private final String shard;
    private final Runnable doubted;
    private final Reservations reservations;
    private final CommitQueue queue = new CommitQueue(MAX_WAITING_BYTES);
    private final Queue<Runnable> chores = new ArrayDeque<>();
    private final Ledgers ledgers;

    private Optional<Write> guard = Optional.empty();
    private boolean inDoubt;
    private long tenure; // how many times the shard was lost: what was begun before is no business of what is now
    private boolean busy;
    private Set<String> writing = Set.of();
    private long writes;

    /**
     * @param shard the path that fences it
     * @param doubted called when that path turns out to have another version: until {@link #acquired} or {@link #abandon}
     *     says whose it is, everything waits
     */
    OffsetStore(GroupEnvironment environment, Loop loop, String shard, Runnable doubted) {
        this.coordination = environment.coordination();
        this.reservations = environment.reservations();
        this.ledgers = new Ledgers(coordination, reservations);
        this.loop = loop;
        this.shard = shard;
        this.doubted = doubted;
    }

    /** The shard is this broker's, under this version. What waits goes on: {@link #abandon} first if it was lost meanwhile. */
    void acquired(int version) {
        inDoubt = false;
        guard = Optional.of(new Write.Check(shard, version));
        ledgers.clear();
        writeOn();
    }

    /** The shard is another broker's. */
    void abandon() {
        guard = Optional.empty();
        inDoubt = false;
        tenure++;
        ledgers.clear();
        queue.fail(ErrorCode.NOT_COORDINATOR);
        writeOn();
    }

    /** Writes offsets; completes on the loop when they are written. */
    CompletableFuture<ErrorCode> commit(String group, Map<TopicPartition, CommittedOffset> offsets) {
        if (guard.isEmpty()) { // lost since the commit was looked at
            return CompletableFuture.completedFuture(ErrorCode.NOT_COORDINATOR);
        }
        OptionalInt fence = ledgers.offsets(group)
                .map(known -> OptionalInt.of(known.fence()))
                .orElseGet(OptionalInt::empty);
        CompletableFuture<ErrorCode> answer = queue.add(group, offsets, fence);
        writeOn();
        return answer;
    }

    /**
     * A group's offsets.
     *
     * @param trusting whether what is remembered is good enough: if all who commit do so through here
     * @return completes on the loop
     */
    CompletableFuture<GroupOffsets> offsets(String group, boolean trusting) {
        Optional<GroupOffsets> known = ledgers.offsets(group);
        if (trusting && known.isPresent() && !known.get().hasDirectWriter()) {
            return CompletableFuture.completedFuture(known.get());
        }
        long before = writes;
        return coordination
                .sync()
                .thenCompose(done -> GroupOffsets.readAll(coordination, group))
                .thenApplyAsync(
                        read -> {
                            if (trusting && before == writes && !busy && guard.isPresent()) {
                                ledgers.remember(group, read);
                            }
                            return read;
                        },
                        loop);
    }

    /** Nothing is remembered of a group any more, unless ZooKeeper is telling just now whether it is true. */
    void forget(String group) {
        if (!writing.contains(group)) {
            ledgers.forget(group);
        }
    }

    /**
     * Does something else with the shard's offsets, while nothing is being written.
     *
     * @param work gets the step that each write must begin with
     * @return completes on the loop; fails if the shard is lost first
     */
    <T> CompletableFuture<T> alone(String group, Function<Write, CompletableFuture<T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        chores.add(() -> start(group, work, result));
        writeOn();
        return result;
    }

    private <T> void start(String group, Function<Write, CompletableFuture<T>> work, CompletableFuture<T> result) {
        if (guard.isEmpty()) {
            result.completeExceptionally(
                    new CoordinationException(Reason.CONFLICT, "The shard is another broker's", shard, null));
            return;
        }
        busy = true;
        writes++;
        ledgers.forget(group);
        Write check = guard.get();
        CompletableFuture<?> unused = work.apply(check)
                .whenCompleteAsync(
                        (done, failure) -> {
                            busy = false;
                            if (failure != null && WriteFailure.blames(failure, shard)) {
                                doubt(check);
                            }
                            if (failure == null) {
                                result.complete(done);
                            } else {
                                result.completeExceptionally(failure);
                            }
                            writeOn();
                        },
                        loop);
    }

    /** The shard has been raised: by another broker, or by this one, in a new session, of which it may not know yet. */
    private void doubt(Write check) {
        if (guard.filter(check::equals).isPresent()) {
            inDoubt = true;
            doubted.run();
        }
    }

    private void writeOn() {
        if (inDoubt) {
            return;
        }
        while (!busy && !chores.isEmpty()) {
            chores.remove().run();
        }
        if (busy || guard.isEmpty() || queue.isEmpty()) {
            return;
        }
        busy = true;
        writes++;
        Write check = guard.get();
        long since = tenure;
        CommitQueue.Batch batch = queue.take(MAX_OFFSETS, coordination.maxCommitBytes() / 2);
        writing = Set.copyOf(batch.groups());
        CompletableFuture<?> unused = prepare(batch)
                .thenComposeAsync(done -> commit(batch, check), loop)
                .whenCompleteAsync(
                        (done, failure) -> finish(failure == null ? 0 : handle(batch, check, since == tenure, failure)),
                        loop);
    }

    /** Reads and makes what is missing for a commit. A group for which that cannot be done is answered. */
    private CompletableFuture<Void> prepare(CommitQueue.Batch batch) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (String group : batch.groups()) {
            Set<TopicName> topics = batch.offsets(group).keySet().stream()
                    .map(TopicPartition::topic)
                    .collect(Collectors.toSet());
            all.add(ledgers.prepared(group, topics)
                    .handleAsync(
                            (ledger, failure) -> {
                                if (failure == null) {
                                    ledgers.remember(group, ledger);
                                } else if (WriteFailure.reason(failure) == Reason.REFUSED) {
                                    log.error(
                                            "Offsets of group {} cannot be committed: {}", group, failure.getMessage());
                                    queue.done(batch, group, ErrorCode.UNKNOWN_SERVER_ERROR);
                                } else {
                                    throw new CompletionException(failure);
                                }
                                return null;
                            },
                            loop));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> commit(CommitQueue.Batch batch, Write check) {
        List<Write> steps = new ArrayList<>();
        steps.add(check);
        Map<String, Integer> ends = new LinkedHashMap<>();
        for (String group : batch.groups()) {
            Optional<GroupOffsets> known = ledgers.offsets(group);
            if (known.isEmpty()) { // the shard was lost and taken again meanwhile
                return CompletableFuture.failedFuture(new CoordinationException(
                        Reason.UNKNOWN_OUTCOME, "Group " + group + " is to be read again", null));
            }
            if (mayWrite(batch, known.get())) {
                steps.add(known.get().checkFence());
                steps.addAll(known.get().set(batch.offsets(group)));
                ends.put(group, steps.size());
            }
        }
        if (ends.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return coordination
                .commit(steps)
                .thenAcceptAsync(
                        versions -> {
                            int from = 1;
                            for (Map.Entry<String, Integer> end : ends.entrySet()) {
                                String group = end.getKey();
                                List<Integer> written = versions.subList(from + 1, end.getValue());
                                ledgers.wrote(group, batch.offsets(group), written);
                                queue.done(batch, group, ErrorCode.NONE);
                                from = end.getValue();
                            }
                        },
                        loop);
    }

    /** Answers what must not be written any more of a group's offsets; whether some are left. */
    private boolean mayWrite(CommitQueue.Batch batch, GroupOffsets known) {
        String group = known.group();
        Optional<String> reserved = reservations.of(group);
        if (reserved.isPresent()) {
            log.warn("A commit of group {} was refused: it belongs to {} by now", group, reserved.get());
            queue.done(batch, group, ErrorCode.INVALID_GROUP_ID);
            return false;
        }
        int offsets = batch.offsets(group).size();
        boolean left = queue.refuseOvertaken(batch, group, known.fence());
        if (!left || batch.offsets(group).size() < offsets) {
            log.warn(OVERTAKEN, group);
        }
        return left;
    }

    /** @param pause before the next try */
    private void finish(long pause) {
        writing = Set.of();
        ledgers.trim();
        if (pause == 0) {
            busy = false;
            writeOn();
        } else { // busy until then: what failed just now fails again at once
            loop.schedule(
                    () -> {
                        busy = false;
                        writeOn();
                    },
                    pause,
                    TimeUnit.MILLISECONDS);
        }
    }

    /**
     * @param ours whether the shard has been this broker's all the time
     * @return how long to wait before the next try
     */
    private long handle(CommitQueue.Batch batch, Write check, boolean ours, Throwable failure) {
        if (!ours) {
            batch.groups().forEach(group -> queue.done(batch, group, ErrorCode.NOT_COORDINATOR));
            return 0;
        }
        if (WriteFailure.blames(failure, shard)) {
            queue.putBack(batch, MAX_TRIES, group -> false); // nothing of it was written
            doubt(check);
            return 0;
        }
        if (WriteFailure.reason(failure) == Reason.REFUSED) {
            log.error("Offsets of groups {} cannot be committed", batch.groups(), failure);
            batch.groups().forEach(group -> queue.done(batch, group, ErrorCode.UNKNOWN_SERVER_ERROR));
            return 0;
        }
        Optional<String> moved = batch.groups().stream()
                .filter(group -> WriteFailure.blames(failure, Paths.group(group)))
                .findFirst();
        if (moved.isPresent()) {
            conflict(batch, moved.get(), failure);
            return 0;
        }
        log.warn("Whether offsets were committed is not known; reading them again: {}", failure.getMessage());
        batch.groups().forEach(ledgers::forget);
        queue.putBack(batch, MAX_TRIES, group -> true);
        return RETRY_MILLIS;
    }

    private void conflict(CommitQueue.Batch batch, String group, Throwable failure) {
        ledgers.forget(group);
        if (WriteFailure.blames(failure, Paths.groupFence(group))) {
            log.warn(OVERTAKEN, group);
            queue.done(batch, group, ErrorCode.ILLEGAL_GENERATION);
        }
        queue.putBack(batch, MAX_TRIES, group::equals);
    }
}
