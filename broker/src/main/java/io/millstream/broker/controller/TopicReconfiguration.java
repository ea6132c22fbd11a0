package io.millstream.broker.controller;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicSettings;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Changes what is set for topics. Any broker may: it is a compare-and-set on the topic's settings, which holds only while
 * the topic stands, and is tried again with what another has set meanwhile.
 *
 * <p>May be called from any thread; results complete on the loop.
 */
public final class TopicReconfiguration {

    private static final int MAX_TRIES = 10;

    private final Coordination coordination;
    private final Loop loop;

    /** @param loop where settings are worked out; nothing there blocks */
    public TopicReconfiguration(Coordination coordination, Loop loop) {
        this.coordination = coordination;
        this.loop = loop;
    }

    /**
     * From what is set for a topic to what shall be set, or why not. Pure; applied again to its own result it changes
     * nothing, so that it can be repeated when nobody knows whether it was done.
     */
    @FunctionalInterface
    public interface Edit {

        Outcome<SortedMap<String, String>> apply(SortedMap<String, String> current);
    }

    /** Whether what was worked out is also done. */
    public enum Mode {
        CHANGE,
        CHECK
    }

    /** What stands in ZooKeeper. */
    private record Found(Optional<Versioned<byte[]>> topic, Optional<Versioned<TopicSettings>> settings) {

        SortedMap<String, String> config() {
            return settings.map(raw -> raw.value().config()).orElseGet(Collections::emptySortedMap);
        }

        int version() {
            return settings.map(Versioned::version).orElse(-1);
        }
    }

    /**
     * Changes a topic's settings.
     *
     * @return the version of the settings that are as they shall be, -1 if nothing was ever set; or a refusal
     */
    public CompletableFuture<Outcome<Integer>> change(TopicName topic, Edit edit, Mode mode) {
        return attempt(topic, edit, mode, 1)
                .exceptionally(failure ->
                        Outcome.refused(Reason.UNAVAILABLE, cause(failure).getMessage()));
    }

    private CompletableFuture<Outcome<Integer>> attempt(TopicName topic, Edit edit, Mode mode, int number) {
        return find(topic)
                .thenComposeAsync(found -> apply(topic, edit, mode, found), loop)
                .exceptionallyComposeAsync(
                        failure -> number < MAX_TRIES && passes(cause(failure))
                                ? attempt(topic, edit, mode, number + 1)
                                : CompletableFuture.failedFuture(failure),
                        loop);
    }

    private CompletableFuture<Found> find(TopicName topic) {
        return coordination
                .sync()
                .thenCompose(synced -> coordination.read(Paths.topic(topic)))
                .thenCompose(there -> coordination
                        .read(Paths.topicConfig(topic))
                        .thenApply(raw -> new Found(
                                there.filter(node -> node.value().length > 0), // without data it is half made
                                raw.map(node -> node.with(
                                        Document.read(node.value(), TopicSettings.class, Paths.topicConfig(topic)))))));
    }

    private CompletableFuture<Outcome<Integer>> apply(TopicName topic, Edit edit, Mode mode, Found found) {
        if (found.topic().isEmpty()) {
            return CompletableFuture.completedFuture(
                    Outcome.refused(Reason.UNKNOWN_TOPIC, "There is no topic " + topic));
        }
        Outcome<SortedMap<String, String>> wanted = edit.apply(found.config());
        if (wanted.isRefused()) {
            return CompletableFuture.completedFuture(new Outcome<>(null, wanted.refusal()));
        }
        if (mode == Mode.CHECK || wanted.value().equals(found.config())) {
            return CompletableFuture.completedFuture(Outcome.of(found.version()));
        }
        String path = Paths.topicConfig(topic);
        byte[] document = Document.write(new TopicSettings(wanted.value()));
        Write write = found.settings()
                .<Write>map(raw -> new Write.Update(path, document, raw.version()))
                .orElseGet(() -> new Write.Create(path, document));
        Write stands = new Write.Check(Paths.topic(topic), found.topic().get().version());
        return coordination.commit(List.of(stands, write)).thenApply(versions -> Outcome.of(versions.get(1)));
    }

    private static boolean passes(Throwable failure) {
        return failure instanceof CoordinationException known && known.reason() != CoordinationException.Reason.REFUSED;
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
