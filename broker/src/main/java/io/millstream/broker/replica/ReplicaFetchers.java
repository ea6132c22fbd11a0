package io.millstream.broker.replica;

import io.millstream.broker.log.PartitionLog;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import io.millstream.net.Connections;
import io.millstream.wire.message.Fetch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;

/**
 * The fetchers of a broker, one for each leader that it follows. Safe for use by several threads.
 */
public final class ReplicaFetchers {

    private final List<FetcherStage> stages;
    private final IntFunction<Optional<BrokerEndpoint>> endpoints;

    private final Object lock = new Object(); // what is posted to loops under it comes in order
    private final Map<Integer, ReplicaFetcher> fetchers = new HashMap<>();
    private final Map<TopicPartition, Term> followed = new HashMap<>();

    private record Term(Partition partition, int epoch, int leader) {}

    /**
     * What fetchers work with; all belongs to the caller.
     *
     * @param connections to leaders; a request waits for as long as its settings say
     * @param loops that leaders share ({@code num.replica.fetchers})
     * @param appender what appends to a log: of its data directory alone, or empty to let the fetcher's loop do it
     * @param worker what waits for a partition's disk; always the same for one partition
     * @param throttle for followers
     * @param incarnations of this broker's replicas, as it is registered; {@link Fetch#NO_INCARNATION} while it is not
     */
    public record Resources(
            Connections connections,
            Clock clock,
            List<Loop> loops,
            Function<PartitionLog, Optional<Executor>> appender,
            Function<TopicPartition, Executor> worker,
            ReplicationThrottle throttle,
            ToLongFunction<TopicPartition> incarnations) {}

    /** @param endpoints where a broker's listener for other brokers is; empty while it is not registered */
    public ReplicaFetchers(
            FetchSettings settings, Resources resources, IntFunction<Optional<BrokerEndpoint>> endpoints) {
        this.endpoints = endpoints;
        stages = resources.loops().stream()
                .map(loop -> new FetcherStage(
                        settings,
                        resources.connections(),
                        resources.clock(),
                        loop,
                        log -> resources.appender().apply(log).orElse(Runnable::run),
                        resources.worker(),
                        resources.throttle(),
                        resources.incarnations()))
                .toList();
    }

    /** A partition's role has changed: it is fetched as its role says now, soon. */
    public void roleChanged(Partition partition) {
        synchronized (lock) {
            Term before = followed.get(partition.id());
            Optional<Term> now =
                    partition.following().position().map(at -> new Term(partition, at.epoch(), at.leader()));
            if (now.isPresent() ? now.get().equals(before) : before == null || before.partition != partition) {
                return;
            }
            if (before != null) {
                followed.remove(partition.id());
                ReplicaFetcher left = fetchers.get(before.leader);
                left.stage().post(() -> left.unfollow(partition.id()));
            }
            now.ifPresent(term -> {
                followed.put(partition.id(), term);
                ReplicaFetcher next = fetchers.computeIfAbsent(term.leader, this::fetcher);
                next.stage().post(() -> next.follow(partition, term.epoch));
            });
        }
    }

    private ReplicaFetcher fetcher(int leader) {
        return new ReplicaFetcher(leader, stages.get(leader % stages.size()), () -> endpoints.apply(leader));
    }
}
