package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterWatch;
import io.millstream.broker.group.GroupSettings;
import io.millstream.broker.group.Groups;
import io.millstream.broker.group.OffsetSettings;
import io.millstream.broker.group.Registered;
import io.millstream.broker.group.TopicIds;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a broker coordinate consumer groups, by its configuration and what it knows of the cluster. */
final class Coordinating {

    private static final Logger log = LoggerFactory.getLogger(Coordinating.class);

    private Coordinating() {}

    /**
     * What is known of the cluster.
     *
     * @param watch as it is, not as this broker serves it: that may still be a topic which is gone, and has its name since
     */
    record Cluster(ClusterWatch watch) implements TopicIds {

        @Override
        public Optional<UUID> of(TopicPartition partition) {
            return Optional.ofNullable(watch.state().topics().get(partition.topic()))
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
    static CompletableFuture<Registered> registered(Coordination coordination) {
        return coordination.children(Paths.BROKER_IDS).thenCompose(names -> {
            Set<Integer> all = ConcurrentHashMap.newKeySet();
            Set<Integer> staying = ConcurrentHashMap.newKeySet();
            List<CompletableFuture<Void>> reads = new ArrayList<>();
            for (String name : names) {
                reads.add(coordination
                        .read(Paths.BROKER_IDS + "/" + name)
                        .thenAccept(
                                found -> found.ifPresent(raw -> numbered(name).ifPresent(id -> {
                                    all.add(id);
                                    if (stays(id, raw.value())) {
                                        staying.add(id);
                                    }
                                }))));
            }
            return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
                    .thenApply(done -> new Registered(all, staying));
        });
    }

    private static Optional<Integer> numbered(String name) {
        try {
            return Optional.of(Integer.parseInt(name));
        } catch (NumberFormatException e) {
            log.debug("{}/{} is not a broker's", Paths.BROKER_IDS, name, e);
            return Optional.empty();
        }
    }

    /** Of a broker of which that cannot be read nothing is known but that it is there: it gets no shards, and keeps none. */
    private static boolean stays(int id, byte[] registration) {
        try {
            return !Document.read(registration, BrokerRegistration.class, Paths.broker(id))
                    .draining();
        } catch (CoordinationException e) {
            log.error("Groups are coordinated without broker {}: {}", id, e.getMessage());
            return false;
        }
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
