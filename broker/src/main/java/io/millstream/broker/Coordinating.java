package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.controller.ClusterWatch;
import io.millstream.broker.group.GroupSettings;
import io.millstream.broker.group.Groups;
import io.millstream.broker.group.OffsetSettings;
import io.millstream.broker.group.Registered;
import io.millstream.broker.group.TopicIds;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Lets a broker coordinate consumer groups, by its configuration and what it knows of the cluster. */
final class Coordinating {

    private Coordinating() {}

    /**
     * What is known of the cluster.
     *
     * @param watch as it is
     * @param view as this broker serves it
     */
    record Cluster(ClusterWatch watch, ClusterView view) implements TopicIds {

        @Override
        public Optional<UUID> of(TopicPartition partition) {
            return Optional.ofNullable(view.state().topics().get(partition.topic()))
                    .or(() -> Optional.ofNullable(watch.state().topics().get(partition.topic())))
                    .filter(topic -> topic.states().containsKey(partition.partition()))
                    .map(ClusterState.Topic::id);
        }

        @Override
        public boolean areKnown() {
            return !watch.state().equals(ClusterState.EMPTY);
        }

        /** Runs {@code changed} when brokers come or go, or are about to. */
        void onBrokers(Runnable changed) {
            AtomicReference<Map<Integer, Boolean>> before = new AtomicReference<>(Map.of());
            watch.onChange(state -> {
                Map<Integer, Boolean> now = new HashMap<>();
                state.brokers().keySet().forEach(broker -> now.put(broker, state.stays(broker)));
                if (!now.equals(before.getAndSet(now))) {
                    changed.run();
                }
            });
        }
    }

    /** Reads the brokers' registrations. */
    private static CompletableFuture<Registered> registered(Coordination coordination) {
        return coordination.children(Paths.BROKER_IDS).thenCompose(names -> {
            Set<Integer> all = ConcurrentHashMap.newKeySet();
            Set<Integer> staying = ConcurrentHashMap.newKeySet();
            List<CompletableFuture<Void>> reads = new ArrayList<>();
            for (String name : names) {
                reads.add(coordination
                        .read(Paths.BROKER_IDS + "/" + name)
                        .thenAccept(found -> found.ifPresent(raw -> {
                            BrokerRegistration registration =
                                    Document.read(raw.value(), BrokerRegistration.class, Paths.BROKER_IDS + "/" + name);
                            all.add(Integer.parseInt(name));
                            if (!registration.draining()) {
                                staying.add(Integer.parseInt(name));
                            }
                        })));
            }
            return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
                    .thenApply(done -> new Registered(all, staying));
        });
    }

    /** Takes the broker's shards; completes when groups are served. Call before the watch starts. */
    static CompletableFuture<Groups> start(
            Coordination coordination,
            LogEnvironment environment,
            BrokerConfig config,
            Cluster cluster,
            List<Loop> loops) {
        GroupSettings membership = new GroupSettings(
                config.get(BrokerSettings.GROUP_MIN_SESSION_TIMEOUT_MS),
                config.get(BrokerSettings.GROUP_MAX_SESSION_TIMEOUT_MS),
                config.get(BrokerSettings.GROUP_MAX_SIZE),
                config.get(BrokerSettings.GROUP_INITIAL_REBALANCE_DELAY_MS));
        OffsetSettings offsets = new OffsetSettings(
                config.get(BrokerSettings.OFFSETS_TOPIC_NUM_PARTITIONS),
                config.get(BrokerSettings.OFFSET_METADATA_MAX_BYTES),
                TimeUnit.MINUTES.toMillis(config.get(BrokerSettings.OFFSETS_RETENTION_MINUTES)),
                config.get(BrokerSettings.OFFSETS_RETENTION_CHECK_INTERVAL_MS));
        Groups.Part part = new Groups.Part(
                config.get(BrokerSettings.BROKER_ID), () -> registered(coordination), cluster, membership, offsets);
        return Groups.start(coordination, environment.clock(), environment.entropy(), loops, part)
                .thenApply(groups -> {
                    cluster.onBrokers(groups::brokersChanged);
                    return groups;
                });
    }
}
