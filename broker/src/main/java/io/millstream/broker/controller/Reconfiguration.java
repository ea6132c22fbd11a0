package io.millstream.broker.controller;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.BrokerOverrides;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicSettings;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/**
 * Changes what is set for topics and, at run time, for brokers. Any broker may: it is a compare-and-set on the settings,
 * for a topic one that holds only while the topic stands, and is tried again with what another has set meanwhile.
 *
 * <p>May be called from any thread; results complete on the loop.
 */
public final class Reconfiguration {

    private static final int MAX_TRIES = 10;

    private final Coordination coordination;
    private final Loop loop;

    /** @param loop where settings are worked out; nothing there blocks */
    public Reconfiguration(Coordination coordination, Loop loop) {
        this.coordination = coordination;
        this.loop = loop;
    }

    /**
     * From what is set to what shall be set, or why not. Pure; applied again to its own result it changes
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

    /** Whose settings. */
    public sealed interface Subject {

        /** A topic that exists. */
        record Topic(TopicName name) implements Subject {}

        /** A broker, running or not; all brokers if {@code id} is empty. */
        record Broker(OptionalInt id) implements Subject {}

        private String path() {
            if (this instanceof Topic topic) {
                return Paths.topicConfig(topic.name());
            }
            OptionalInt id = ((Broker) this).id();
            return id.isEmpty() ? Paths.DEFAULT_BROKER_CONFIG : Paths.brokerConfig(id.getAsInt());
        }

        private SortedMap<String, String> read(byte[] document) {
            return this instanceof Topic
                    ? Document.read(document, TopicSettings.class, path()).config()
                    : Document.read(document, BrokerOverrides.class, path()).config();
        }

        private byte[] write(SortedMap<String, String> config) {
            return Document.write(this instanceof Topic ? new TopicSettings(config) : new BrokerOverrides(config));
        }
    }

    /**
     * What stands in ZooKeeper.
     *
     * @param topic if it is a topic's settings
     */
    private record Found(Optional<Versioned<byte[]>> topic, Optional<Versioned<SortedMap<String, String>>> settings) {

        SortedMap<String, String> config() {
            return settings.map(Versioned::value).orElseGet(Collections::emptySortedMap);
        }

        int version() {
            return settings.map(Versioned::version).orElse(-1);
        }
    }

    /**
     * Changes settings.
     *
     * @return the version of the settings that are as they shall be, -1 if nothing was ever set; or a refusal
     */
    public CompletableFuture<Outcome<Integer>> change(Subject subject, Edit edit, Mode mode) {
        return attempt(subject, edit, mode, 1)
                .exceptionally(failure ->
                        Outcome.refused(Reason.UNAVAILABLE, why(failure).getMessage()));
    }

    private CompletableFuture<Outcome<Integer>> attempt(Subject subject, Edit edit, Mode mode, int number) {
        return find(subject)
                .thenComposeAsync(found -> apply(subject, edit, mode, found), loop)
                .exceptionallyComposeAsync(
                        failure -> number < MAX_TRIES && passes(failure)
                                ? attempt(subject, edit, mode, number + 1)
                                : CompletableFuture.failedFuture(failure),
                        loop);
    }

    private CompletableFuture<Found> find(Subject subject) {
        return coordination.sync().thenCompose(synced -> topic(subject)).thenCompose(topic -> coordination
                .read(subject.path())
                .thenApply(raw -> new Found(topic, raw.map(node -> node.with(subject.read(node.value()))))));
    }

    private CompletableFuture<Optional<Versioned<byte[]>>> topic(Subject subject) {
        if (subject instanceof Subject.Topic topic) {
            return coordination
                    .read(Paths.topic(topic.name()))
                    .thenApply(there -> there.filter(node -> node.value().length > 0)); // without data it is half made
        }
        return CompletableFuture.completedFuture(Optional.empty());
    }

    private CompletableFuture<Outcome<Integer>> apply(Subject subject, Edit edit, Mode mode, Found found) {
        if (subject instanceof Subject.Topic topic && found.topic().isEmpty()) {
            return CompletableFuture.completedFuture(
                    Outcome.refused(Reason.UNKNOWN_TOPIC, "There is no topic " + topic.name()));
        }
        Outcome<SortedMap<String, String>> wanted = edit.apply(found.config());
        if (wanted.isRefused()) {
            return CompletableFuture.completedFuture(new Outcome<>(null, wanted.refusal()));
        }
        if (mode == Mode.CHECK || wanted.value().equals(found.config())) {
            return CompletableFuture.completedFuture(Outcome.of(found.version()));
        }
        byte[] document = subject.write(wanted.value());
        List<Write> writes = new ArrayList<>();
        writes.add(found.settings()
                .<Write>map(raw -> new Write.Update(subject.path(), document, raw.version()))
                .orElseGet(() -> new Write.Create(subject.path(), document)));
        if (subject instanceof Subject.Topic topic) {
            writes.add(new Write.Check(
                    Paths.topic(topic.name()), found.topic().get().version()));
        }
        return coordination.commit(writes).thenApply(versions -> Outcome.of(versions.get(0)));
    }

    private static boolean passes(Throwable failure) {
        return CoordinationException.in(failure)
                .filter(known -> known.reason() != CoordinationException.Reason.REFUSED)
                .isPresent();
    }

    private static Throwable why(Throwable failure) {
        Optional<CoordinationException> known = CoordinationException.in(failure);
        return known.isPresent() ? known.get() : failure;
    }
}
