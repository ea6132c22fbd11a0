package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.controller.ClusterWatch;
import io.millstream.broker.group.GroupSettings;
import io.millstream.broker.group.Groups;
import io.millstream.broker.group.OffsetSettings;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.coordination.Coordination;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
    record Cluster(ClusterWatch watch, ClusterView view) {

        /** Before the brokers have been read, none of them counts as dead. */
        boolean lives(int broker) {
            ClusterState state = watch.state();
            return state.brokers().isEmpty() || state.lives(broker);
        }

        Optional<UUID> topicId(TopicPartition partition) {
            return Optional.ofNullable(view.state().topics().get(partition.topic()))
                    .filter(topic -> topic.states().containsKey(partition.partition()))
                    .map(ClusterState.Topic::id);
        }

        /** Runs {@code changed} when brokers come or go. */
        void onBrokers(Runnable changed) {
            AtomicReference<Set<Integer>> before = new AtomicReference<>(Set.of());
            watch.onChange(state -> {
                Set<Integer> now = Set.copyOf(state.brokers().keySet());
                if (!now.equals(before.getAndSet(now))) {
                    changed.run();
                }
            });
        }
    }

    /** Takes the broker's shards. Blocks until groups are served. Call before the watch starts. */
    static Groups start(
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
                config.get(BrokerSettings.BROKER_ID), cluster::lives, cluster::topicId, membership, offsets);
        Groups groups =
                Coordination.await(Groups.start(coordination, environment.clock(), environment.entropy(), loops, part));
        cluster.onBrokers(groups::brokersChanged);
        return groups;
    }
}
