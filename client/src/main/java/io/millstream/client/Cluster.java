package io.millstream.client;

import io.millstream.coordination.Coordination;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A live view of a cluster: which brokers there are, which topics, and who leads. Learned from brokers (bootstrap
 * servers), or from ZooKeeper, which also tells of changes; both look the same.
 *
 * <p>Safe for use by several threads. Methods that return futures never block; their futures complete on the client's
 * loop, where nothing may block. All others may wait, up to {@link ClientSettings#timeout}, and must not be called on that
 * loop; they throw {@link TimedOutException}, or {@link ClientException} for what does not pass.
 */
public interface Cluster extends AutoCloseable {

    /**
     * A view learned from brokers. Connects only when asked something.
     *
     * @param servers some brokers; one that answers is enough to find the others
     */
    static Cluster bootstrap(List<BrokerEndpoint> servers, ClientSettings settings) {
        return bootstrap(servers, settings, Environment.system(settings.connection()));
    }

    /** A view learned from brokers, in an environment that it owns from now on. */
    static Cluster bootstrap(List<BrokerEndpoint> servers, ClientSettings settings, Environment environment) {
        BrokerPool pool = new BrokerPool(environment.connections());
        return new LiveCluster(new MetadataSource(servers, pool, environment.entropy()), pool, settings, environment);
    }

    /** A view learned from ZooKeeper, kept up to date by a watch. {@code coordination} stays the caller's to close. */
    static Cluster zooKeeper(Coordination coordination, ClientSettings settings) {
        return zooKeeper(coordination, settings, Environment.system(settings.connection()));
    }

    /** A view learned from ZooKeeper, in an environment that it owns from now on. */
    static Cluster zooKeeper(Coordination coordination, ClientSettings settings, Environment environment) {
        BrokerPool pool = new BrokerPool(environment.connections());
        ZooKeeperSource source = new ZooKeeperSource(coordination, environment.loop());
        LiveCluster cluster = new LiveCluster(source, pool, settings, environment);
        source.tell(cluster);
        return cluster;
    }

    /** All topics there are, learned now. */
    SortedSet<TopicName> topics();

    /** A topic as last learned; learned now if it is not known yet. Empty if it does not exist. */
    Optional<ClusterView.Topic> topic(TopicName topic);

    /** What is known now, without asking anybody. */
    ClusterView view();

    /** Ends what {@link #onChange} began. */
    @FunctionalInterface
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Tells of each change from now on: of brokers that come and go, leaders that move, topics that are made. Learns
     * everything first, which may wait. A view kept by ZooKeeper hears of changes as they happen; one learned from brokers
     * notices them when it learns something for another reason.
     *
     * @param listener called on the client's loop, one change after the other, where it must not block
     */
    Listening onChange(Consumer<ClusterChange> listener);

    /** Learns about these topics, and all brokers, anew: after {@code NOT_LEADER_OR_FOLLOWER} and the like. Tries once. */
    CompletableFuture<ClusterView> learn(Set<TopicName> topics);

    /** Learns everything anew. Tries once. */
    CompletableFuture<ClusterView> learnAll();

    /** A connection to a broker that the view knows; shared with others. Fails if it does not know it. Tries once. */
    CompletableFuture<Connection> connection(int broker);

    /** A connection to any broker that answers; shared with others. Tries each once. */
    CompletableFuture<Connection> anyConnection();

    /** Through which doors this client reaches the world. */
    Environment environment();

    /** How patient this client is. */
    ClientSettings settings();

    /**
     * The numbers of a topic's partitions.
     *
     * @throws ClientException if the topic does not exist
     */
    default SortedSet<Integer> partitions(TopicName topic) {
        return new TreeSet<>(existing(topic).partitions().keySet());
    }

    /**
     * Who leads a partition, as last learned; empty while nobody does.
     *
     * @throws ClientException if the topic does not exist
     */
    default Optional<ClusterView.Leader> leader(TopicPartition partition) {
        existing(partition.topic());
        return view().leader(partition);
    }

    /** Hosts of the live brokers that hold the partition, its leader first, for placing work near data. */
    default List<String> replicaHosts(TopicPartition partition) {
        existing(partition.topic());
        return view().hosts(partition);
    }

    /** The topic's id, which differs when a topic of this name is made anew; empty where brokers do not tell it. */
    default Optional<UUID> topicId(TopicName topic) {
        return existing(topic).id();
    }

    private ClusterView.Topic existing(TopicName topic) {
        return topic(topic).orElseThrow(() -> new ClientException("Topic " + topic + " does not exist"));
    }

    /** Closes the connections and ends the threads. */
    @Override
    void close();
}
