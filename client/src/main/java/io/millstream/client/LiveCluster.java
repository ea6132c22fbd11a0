package io.millstream.client;

import io.millstream.core.TopicName;
import io.millstream.net.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the view. Loads run one after another, so that an older answer never overwrites a newer one; whoever asks while
 * one runs gets the next, which all of them share.
 */
final class LiveCluster implements Cluster {

    private static final Logger log = LoggerFactory.getLogger(LiveCluster.class);

    /** For waiting in front of a future that has a time-out of its own: only ever reached when the loop is stuck. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private final ViewSource source;
    private final BrokerPool pool;
    private final ClientSettings settings;
    private final Environment environment;

    private final CopyOnWriteArrayList<Consumer<ClusterChange>> listeners = new CopyOnWriteArrayList<>();
    private volatile ClusterView view = ClusterView.EMPTY;

    // The rest belongs to the loop.
    private boolean loading;
    private boolean allWanted;
    private Set<TopicName> wanted = new HashSet<>();
    private List<Waiter> waiting = new ArrayList<>();

    /** @param topics what is waited for; empty for everything */
    private record Waiter(Optional<Set<TopicName>> topics, CompletableFuture<ClusterView> result) {

        /** A topic's trouble is only the matter of those who asked for it; a list with a hole in it is nobody's. */
        void complete(ClusterView view, Map<TopicName, RuntimeException> failures) {
            failures.keySet().stream()
                    .sorted()
                    .filter(failed -> topics.isEmpty() || topics.get().contains(failed))
                    .findFirst()
                    .ifPresentOrElse(
                            failed -> result.completeExceptionally(failures.get(failed)), () -> result.complete(view));
        }
    }

    LiveCluster(ViewSource source, BrokerPool pool, ClientSettings settings, Environment environment) {
        this.source = source;
        this.pool = pool;
        this.settings = settings;
        this.environment = environment;
    }

    @Override
    public SortedSet<TopicName> topics() {
        ClusterView all = await(Retry.until(this, settings.timeout(), "list of topics", this::learnAll), "topics");
        return Collections.unmodifiableSortedSet(new TreeSet<>(all.topics().keySet()));
    }

    @Override
    public Optional<ClusterView.Topic> topic(TopicName topic) {
        ClusterView.Topic known = view.topics().get(topic);
        if (known != null) {
            return Optional.of(known);
        }
        CompletableFuture<ClusterView> learned =
                Retry.until(this, settings.timeout(), "metadata of topic " + topic, () -> learn(Set.of(topic)));
        return Optional.ofNullable(
                await(learned, "metadata of topic " + topic).topics().get(topic));
    }

    private <T> T await(CompletableFuture<T> future, String what) {
        return Async.await(future, settings.timeout().plus(SLACK), what);
    }

    @Override
    public ClusterView view() {
        return view;
    }

    @Override
    public Listening onChange(Consumer<ClusterChange> listener) {
        // Added on the loop, between two loads, so that no change falls between what is known and what is told.
        Supplier<CompletableFuture<Boolean>> begin =
                () -> learnAll().thenApply(known -> listeners.addIfAbsent(listener));
        await(Retry.until(this, settings.timeout(), "the cluster", begin), "the cluster");
        return () -> listeners.remove(listener);
    }

    private void tell(ClusterView before, ClusterView after) {
        if (listeners.isEmpty()) {
            return;
        }
        for (ClusterChange change : ClusterChange.between(before, after)) {
            for (Consumer<ClusterChange> listener : listeners) {
                try {
                    listener.accept(change);
                } catch (RuntimeException e) { // it must not keep the others from hearing of it
                    log.error("A listener failed on {}", change, e);
                }
            }
        }
    }

    @Override
    public CompletableFuture<ClusterView> learn(Set<TopicName> topics) {
        return want(Optional.of(topics));
    }

    @Override
    public CompletableFuture<ClusterView> learnAll() {
        return want(Optional.empty());
    }

    private CompletableFuture<ClusterView> want(Optional<Set<TopicName>> topics) {
        CompletableFuture<ClusterView> learned = new CompletableFuture<>();
        environment.loop().execute(() -> {
            topics.ifPresentOrElse(wanted::addAll, () -> allWanted = true);
            waiting.add(new Waiter(topics, learned));
            if (!loading) {
                load();
            }
        });
        return learned;
    }

    private void load() {
        Optional<Set<TopicName>> topics = allWanted ? Optional.empty() : Optional.of(wanted);
        List<Waiter> mine = waiting;
        loading = true;
        allWanted = false;
        wanted = new HashSet<>();
        waiting = new ArrayList<>();
        Async.then(Async.on(environment.loop(), Async.begin(() -> source.load(topics, view))), (loaded, failure) -> {
            loading = false;
            if (failure != null) {
                mine.forEach(each -> each.result().completeExceptionally(failure));
            } else {
                ClusterView now =
                        view.learning(topics, loaded.view(), loaded.failures().keySet());
                ClusterView before = view;
                view = now;
                tell(before, now);
                mine.forEach(each -> each.complete(now, loaded.failures()));
            }
            if (!waiting.isEmpty()) {
                load();
            }
        });
    }

    @Override
    public CompletableFuture<Connection> connection(int broker) {
        ClusterView.Broker known = view.brokers().get(broker);
        if (known == null) {
            return CompletableFuture.failedFuture(new TryAgain("Broker " + broker + " is not there"));
        }
        return Async.on(environment.loop(), pool.to(known.endpoint()));
    }

    @Override
    public CompletableFuture<Connection> anyConnection() {
        return learn(Set.of()).thenCompose(known -> {
            if (known.brokers().isEmpty()) {
                return CompletableFuture.failedFuture(new TryAgain("There is no broker"));
            }
            return firstOf(new ArrayList<>(known.brokers().keySet()));
        });
    }

    private CompletableFuture<Connection> firstOf(List<Integer> brokers) {
        Integer broker = brokers.remove(environment.entropy().nextInt(brokers.size()));
        CompletableFuture<Connection> tried = connection(broker);
        if (brokers.isEmpty()) {
            return tried;
        }
        return tried.exceptionallyCompose(failure -> firstOf(brokers));
    }

    @Override
    public Environment environment() {
        return environment;
    }

    @Override
    public ClientSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        source.close();
        environment.connections().close();
        environment.loop().close();
    }
}
