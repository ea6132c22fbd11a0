package io.millstream.broker.controller;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Paths;
import io.millstream.core.Loop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the cluster's state as ZooKeeper has it: one recursive watch each on brokers, configs and deletions, and one on
 * the controller's znode. What a watch names is read anew, in rounds: one at a time, everything that changed meanwhile in
 * the next. After each reconnection all is read again.
 *
 * <p>Lives on one loop, where it also calls its listeners. {@link #state} may be called from any thread.
 */
public final class ClusterWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ClusterWatch.class);
    private static final List<String> WATCHED =
            List.of(Paths.BROKERS, Paths.CONFIG, Paths.DELETED_TOPICS, Paths.CONTROLLER);
    private static final List<String> NEEDED =
            List.of(Paths.BROKER_IDS, Paths.TOPICS, Paths.TOPIC_CONFIGS, Paths.BROKER_CONFIGS, Paths.DELETED_TOPICS);
    private static final long RETRY_MILLIS = 200;
    private static final int MANY_PARTS = 5_000;

    private final Coordination coordination;
    private final Loop loop;
    private final ClusterReader reader;
    private final ClusterDraft draft = new ClusterDraft();
    private final List<Consumer<ClusterState>> listeners = new ArrayList<>();
    private final List<Coordination.Registration> registrations = new ArrayList<>();

    private Round next = new Round();
    private boolean reading;
    private volatile ClusterState state = ClusterState.EMPTY;

    /** What is read together, and who waits for it. */
    private static final class Round {
        final Set<Part> parts = new LinkedHashSet<>();
        final List<CompletableFuture<ClusterState>> waiting = new ArrayList<>();
    }

    public ClusterWatch(Coordination coordination, Loop loop) {
        this.coordination = coordination;
        this.loop = loop;
        this.reader = new ClusterReader(coordination);
    }

    Coordination coordination() {
        return coordination;
    }

    Loop loop() {
        return loop;
    }

    /** The state as last read. */
    public ClusterState state() {
        return state;
    }

    /** Calls {@code listener} on the loop with every new state. Call before {@link #start}. */
    public void onChange(Consumer<ClusterState> listener) {
        listeners.add(listener);
    }

    /** Sets the watches and reads everything. The result completes when listeners have seen the first state. */
    public CompletableFuture<ClusterState> start() {
        registrations.add(coordination.onSession(new Coordination.SessionListener() {
            @Override
            public void suspended() {
                // What is known stays the best that is known.
            }

            @Override
            public void resumed() {
                post(() -> stale(new Part.Everything()));
            }

            @Override
            public void expired() {
                post(() -> stale(new Part.Everything()));
            }
        }));
        CompletableFuture<Void> ready = CompletableFuture.allOf(
                NEEDED.stream().map(coordination::ensurePath).toArray(CompletableFuture[]::new));
        for (String path : WATCHED) {
            ready = ready.thenCompose(done -> coordination.watch(path, this::changed))
                    .thenAcceptAsync(registrations::add, loop);
        }
        return ready.thenComposeAsync(done -> reread(List.of(new Part.Everything())), loop);
    }

    private void changed(String path) {
        Optional<Part> part = Part.of(path);
        part.ifPresent(changed -> post(() -> stale(changed)));
    }

    private void post(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException closed) {
            log.debug("A change was not looked at: the loop is closed or full", closed);
        }
    }

    private void stale(Part part) {
        next.parts.add(part);
        readOn();
    }

    /**
     * Reads {@code parts} anew, in a round that begins after this call.
     *
     * @return completes on the loop, with the state that has them, when listeners have seen it; never fails
     */
    CompletableFuture<ClusterState> reread(Collection<Part> parts) {
        loop.assertOwned();
        next.parts.addAll(parts);
        CompletableFuture<ClusterState> done = new CompletableFuture<>();
        next.waiting.add(done);
        readOn();
        return done;
    }

    private void readOn() {
        if (reading || next.parts.isEmpty()) {
            return;
        }
        reading = true;
        Round round = next;
        next = new Round();
        List<CompletableFuture<ClusterDraft.Change>> reads = reads(round);
        CompletableFuture<?> unused = CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> post(() -> {
                    reading = false;
                    if (failure != null) {
                        retry(round, failure);
                    } else {
                        reads.forEach(read -> read.join().applyTo(draft));
                        publish(round);
                    }
                }));
    }

    private List<CompletableFuture<ClusterDraft.Change>> reads(Round round) {
        Part everything = new Part.Everything();
        if (round.parts.contains(everything) || round.parts.size() > MANY_PARTS) {
            return List.of(reader.read(everything));
        }
        Set<Part> parts = new LinkedHashSet<>();
        round.parts.forEach(part -> parts.add(whole(part)));
        // A topic is read with its states, which therefore need not be read on their own.
        return parts.stream()
                .filter(part -> !(part instanceof Part.Partition partition
                        && parts.contains(new Part.Topic(partition.partition().topic()))))
                .map(reader::read)
                .toList();
    }

    /** What cannot be understood alone is read with what it belongs to. */
    private Part whole(Part part) {
        if (part instanceof Part.Deletion deletion) {
            return new Part.Topic(deletion.topic());
        }
        if (part instanceof Part.Partition partition
                && !draft.hasTopic(partition.partition().topic())) {
            return new Part.Topic(partition.partition().topic());
        }
        return part;
    }

    private void retry(Round round, Throwable failure) {
        log.debug("Reading the cluster's state failed; trying again", failure);
        next.parts.addAll(round.parts);
        next.waiting.addAll(round.waiting);
        loop.schedule(this::readOn, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void publish(Round round) {
        ClusterState published = draft.publish();
        state = published;
        try {
            listeners.forEach(listener -> listener.accept(published));
        } finally {
            round.waiting.forEach(waiting -> waiting.complete(published));
            readOn();
        }
    }

    /** Ends the watches. The loop is the caller's. */
    @Override
    public void close() {
        post(() -> registrations.forEach(Coordination.Registration::close));
    }
}
