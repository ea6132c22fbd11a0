package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.Hold;
import io.millstream.coordination.Paths;
import io.millstream.core.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups that clients cannot join or change, because an ingest job commits their offsets itself or a retention hold counts on
 * them. Watched, so a little behind: what must not go wrong is prevented by the group's fence, and whoever meets a fence that
 * was raised {@linkplain #confirm asks again}.
 *
 * <p>Lives on a loop; methods may be called from any thread.
 */
final class Reservations implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Reservations.class);
    private static final long RETRY_MILLIS = 200;

    private final Coordination coordination;
    private final Loop loop;
    private final List<Coordination.Registration> registrations = new ArrayList<>();
    private volatile Known known = new Known(Map.of(), Set.of());
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private boolean reading;
    private boolean stale;

    /**
     * What was read.
     *
     * @param byGroup what each group is reserved for
     * @param unreadable holds of which it cannot be told whose groups they count on
     */
    private record Known(Map<String, String> byGroup, Set<String> unreadable) {}

    Reservations(Coordination coordination, Loop loop) {
        this.coordination = coordination;
        this.loop = loop;
    }

    /** What a group is reserved for, as the end of a sentence; empty if it is not. */
    Optional<String> of(String group) {
        return Optional.ofNullable(known.byGroup().get(group));
    }

    /** Holds that cannot be read; while there are any, a group may be reserved without it being known. */
    Set<String> unreadable() {
        return known.unreadable();
    }

    /** Sets the watches; completes when all has been read once. */
    CompletableFuture<Void> start() {
        registrations.add(coordination.onSession(new Coordination.SessionListener() {
            @Override
            public void suspended() {
                // What is known stays the best that is known.
            }

            @Override
            public void resumed() {
                refresh();
            }

            @Override
            public void expired() {
                refresh();
            }
        }));
        return coordination
                .ensurePath(Paths.INGEST)
                .thenCompose(done -> coordination.ensurePath(Paths.HOLDS))
                .thenCompose(done -> coordination.watch(Paths.INGEST, this::changed))
                .thenAcceptAsync(registrations::add, loop)
                .thenCompose(done -> coordination.watch(Paths.HOLDS, path -> refresh()))
                .thenAcceptAsync(registrations::add, loop)
                .thenCompose(done -> fresh());
    }

    /** Of a job only its coming and going is of interest, not what it does. */
    private void changed(String path) {
        int depth = path.length() - path.replace("/", "").length();
        if (depth <= 2 || path.endsWith("/config")) {
            refresh();
        }
    }

    private void refresh() {
        CompletableFuture<?> unused = fresh(); // tried until it is read
    }

    /**
     * Reads all again. Completes when everything is known that was there when this was called; fails if that could not be
     * read just now.
     */
    CompletableFuture<Void> fresh() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                waiting.add(done);
                stale = true;
                readOn();
            });
        } catch (RejectedExecutionException closed) {
            done.completeExceptionally(new CoordinationException(
                    Reason.UNKNOWN_OUTCOME, "The broker is stopping: reservations were not read again", closed));
        }
        return done;
    }

    /** Offsets as they were read; once reservations are at least as new, if the group has a direct writer. */
    CompletableFuture<GroupOffsets> confirm(GroupOffsets read) {
        return read.hasDirectWriter() ? fresh().thenApply(done -> read) : CompletableFuture.completedFuture(read);
    }

    private void readOn() {
        if (reading || !stale) {
            return;
        }
        reading = true;
        stale = false;
        List<CompletableFuture<Void>> asking = waiting;
        waiting = new ArrayList<>();
        CompletableFuture<?> unused = read().whenCompleteAsync(
                        (read, failure) -> {
                            reading = false;
                            if (failure == null) {
                                known = read;
                                asking.forEach(each -> each.complete(null));
                                readOn();
                            } else {
                                log.warn(
                                        "Ingest jobs and holds could not be read; trying again: {}",
                                        failure.getMessage());
                                stale = true;
                                asking.forEach(each -> each.completeExceptionally(failure));
                                loop.schedule(this::readOn, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                            }
                        },
                        loop);
    }

    private CompletableFuture<Known> read() {
        Map<String, String> found = new ConcurrentHashMap<>();
        Set<String> unreadable = ConcurrentHashMap.newKeySet();
        return coordination
                .sync()
                .thenCompose(done -> eachChild(Paths.INGEST, name -> coordination
                        .read(Paths.INGEST + "/" + name + "/config")
                        .thenAccept(config -> config.flatMap(there -> Paths.name(name))
                                .ifPresent(job -> found.put(job, "ingest job '" + job + "'")))))
                .thenCompose(done -> eachChild(Paths.HOLDS, name -> coordination
                        .read(Paths.HOLDS + "/" + name)
                        .thenAccept(hold -> hold.ifPresent(raw -> group(name, raw.value())
                                .ifPresentOrElse(
                                        group -> found.putIfAbsent(
                                                group,
                                                "retention hold '"
                                                        + Paths.name(name).orElse(name) + "'"),
                                        () -> unreadable.add(name))))))
                .thenApply(done -> new Known(Map.copyOf(found), Set.copyOf(unreadable)));
    }

    private static Optional<String> group(String hold, byte[] document) {
        try {
            return Optional.of(Document.read(document, Hold.class, Paths.HOLDS + "/" + hold)
                    .group());
        } catch (CoordinationException e) {
            log.error("Whose group a hold counts on cannot be told: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private CompletableFuture<Void> eachChild(String parent, Function<String, CompletableFuture<Void>> read) {
        return coordination
                .children(parent)
                .thenCompose(names -> all(names.stream().map(read).toList()));
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Void>> each) {
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new));
    }

    @Override
    public void close() {
        registrations.forEach(Coordination.Registration::close);
    }
}
