package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Hold;
import io.millstream.coordination.Paths;
import io.millstream.core.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups that clients cannot join or change, because an ingest job commits their offsets itself or a retention hold counts on
 * them. Watched, so a little behind: what must not go wrong is prevented by the group's fence.
 *
 * <p>Lives on a loop; {@link #of} may be called from any thread.
 */
final class Reservations implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Reservations.class);
    private static final long RETRY_MILLIS = 200;

    private final Coordination coordination;
    private final Loop loop;
    private final List<Coordination.Registration> registrations = new ArrayList<>();
    private volatile Map<String, String> byGroup = Map.of();
    private boolean reading;
    private boolean stale;

    Reservations(Coordination coordination, Loop loop) {
        this.coordination = coordination;
        this.loop = loop;
    }

    /** What a group is reserved for, as the end of a sentence; empty if it is not. */
    Optional<String> of(String group) {
        return Optional.ofNullable(byGroup.get(group));
    }

    /** Sets the watches; completes when all has been read once. */
    CompletableFuture<Void> start() {
        return coordination
                .ensurePath(Paths.INGEST)
                .thenCompose(done -> coordination.ensurePath(Paths.HOLDS))
                .thenCompose(done -> coordination.watch(Paths.INGEST, this::changed))
                .thenAcceptAsync(registrations::add, loop)
                .thenCompose(done -> coordination.watch(Paths.HOLDS, path -> refresh()))
                .thenAcceptAsync(registrations::add, loop)
                .thenCompose(done -> read())
                .thenAccept(read -> byGroup = read);
    }

    /** Of a job only its coming and going is of interest, not what it does. */
    private void changed(String path) {
        int depth = path.length() - path.replace("/", "").length();
        if (depth <= 2 || path.endsWith("/config")) {
            refresh();
        }
    }

    /** Reads all again, soon. From any thread. */
    void refresh() {
        try {
            loop.execute(() -> {
                stale = true;
                readOn();
            });
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: reservations were not read again", closed);
        }
    }

    private void readOn() {
        if (reading || !stale) {
            return;
        }
        reading = true;
        stale = false;
        CompletableFuture<?> unused = read().whenCompleteAsync(
                        (read, failure) -> {
                            reading = false;
                            if (failure == null) {
                                byGroup = read;
                                readOn();
                            } else {
                                log.warn(
                                        "Ingest jobs and holds could not be read; trying again: {}",
                                        failure.getMessage());
                                stale = true;
                                loop.schedule(this::readOn, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                            }
                        },
                        loop);
    }

    private CompletableFuture<Map<String, String>> read() {
        Map<String, String> found = new ConcurrentHashMap<>();
        CompletableFuture<Void> jobs = coordination
                .children(Paths.INGEST)
                .thenCompose(names -> all(names.stream()
                        .map(name -> coordination
                                .read(Paths.INGEST + "/" + name + "/config")
                                .thenAccept(config -> {
                                    if (config.isPresent()) {
                                        Paths.name(name).ifPresent(job -> found.put(job, "ingest job '" + job + "'"));
                                    }
                                }))
                        .toList()));
        CompletableFuture<Void> holds = coordination
                .children(Paths.HOLDS)
                .thenCompose(names -> all(names.stream()
                        .map(name -> coordination
                                .read(Paths.HOLDS + "/" + name)
                                .thenAccept(hold -> hold.ifPresent(raw -> {
                                    String group = Document.read(raw.value(), Hold.class, Paths.HOLDS + "/" + name)
                                            .group();
                                    found.putIfAbsent(
                                            group,
                                            "retention hold '"
                                                    + Paths.name(name).orElse(name) + "'");
                                })))
                        .toList()));
        return jobs.thenCombine(holds, (jobsDone, holdsDone) -> Map.copyOf(found));
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Void>> each) {
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new));
    }

    @Override
    public void close() {
        registrations.forEach(Coordination.Registration::close);
    }
}
