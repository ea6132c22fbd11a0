package io.millstream.nemesis;

import io.millstream.coordination.PartitionState;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.fixture.cluster.ProcCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;

/**
 * Where something goes wrong: a cluster, a topic with three replicas of which two must be in sync, and a group that reads
 * it. Not for use by several threads.
 *
 * @param sessionMillis how long a broker's session outlives its last contact with ZooKeeper
 * @param random decides on whatever a fault leaves open
 */
record Scene(ProcCluster cluster, long sessionMillis, String topic, int partitions, String group, Random random) {

    private static final int PATIENCE_SECONDS = 60;

    /** Makes the topic. */
    void createTopic() {
        try (Admin admin = admin()) {
            NewTopic wanted = new NewTopic(topic, partitions, (short) 3).configs(Map.of("min.insync.replicas", "2"));
            get(admin.createTopics(List.of(wanted)).all());
        }
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()));
    }

    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    List<TopicPartition> eachPartition() {
        return IntStream.range(0, partitions).mapToObj(this::partition).toList();
    }

    TopicPartition partition(int number) {
        return new TopicPartition(new TopicName(topic), number);
    }

    /** Any partition's leader; any broker if it has none. */
    int anyLeader() {
        return state(random.nextInt(partitions))
                .map(PartitionState::leader)
                .filter(id -> id > 0)
                .orElseGet(this::anyBroker);
    }

    /** Any broker that follows in any partition. */
    int anyFollower() {
        int leader = anyLeader();
        List<Integer> others = new ArrayList<>(cluster.ids());
        others.remove((Integer) leader);
        return others.get(random.nextInt(others.size()));
    }

    int controller() {
        return cluster.controller().orElseGet(this::anyBroker);
    }

    /** The coordinator of the group that reads the topic. */
    int coordinator() {
        try (Admin admin = admin()) {
            return get(admin.describeConsumerGroups(List.of(group))
                            .describedGroups()
                            .get(group))
                    .coordinator()
                    .id();
        }
    }

    private int anyBroker() {
        return 1 + random.nextInt(cluster.ids().size());
    }

    private Optional<PartitionState> state(int partition) {
        return cluster.state(partition(partition));
    }

    /** Whether every partition has a leader and all of its replicas in sync. */
    boolean isWhole() {
        return IntStream.range(0, partitions).allMatch(number -> state(number)
                .filter(state -> state.leader() > 0
                        && state.isr().size() == cluster.ids().size())
                .isPresent());
    }

    /** Whether every partition has a leader, and it is another one than {@code broker}. */
    boolean isLedWithout(int broker) {
        return IntStream.range(0, partitions).allMatch(number -> state(number)
                .filter(state -> state.leader() > 0 && state.leader() != broker)
                .isPresent());
    }

    /** What each partition's state in ZooKeeper is, for messages. */
    String states() {
        return IntStream.range(0, partitions).mapToObj(this::state).toList().toString();
    }
}
