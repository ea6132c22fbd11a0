package io.millstream.client;

import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.net.FakeBroker;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.Call;
import io.millstream.net.FakeBroker.Reply;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.InitProducerId;
import io.millstream.wire.message.ListOffsets;
import io.millstream.wire.message.Metadata;
import io.millstream.wire.message.Produce;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Fake brokers that share fake logs and know who leads. Answers as a cluster does, unless a test says otherwise. */
final class FakeCluster implements AutoCloseable {

    static final ClientSettings SETTINGS = ClientSettings.defaults("test")
            .withTimeout(Duration.ofSeconds(10))
            .withBackoff(Duration.ofMillis(1), Duration.ofMillis(20));

    private final List<FakeBroker> brokers = new ArrayList<>();
    private final Map<TopicPartition, FakeLog> logs = new ConcurrentSkipListMap<>();
    private final Map<TopicPartition, Integer> leaders = new ConcurrentSkipListMap<>();
    private final Map<TopicPartition, Integer> epochs = new ConcurrentSkipListMap<>();
    private final Map<String, UUID> topicIds = new ConcurrentHashMap<>();
    private final AtomicLong producerIds = new AtomicLong(1000);

    FakeCluster(int size) {
        for (int id = 0; id < size; id++) {
            brokers.add(FakeBroker.start());
        }
        for (int id = 0; id < size; id++) {
            behave(id);
        }
    }

    /** From now on the broker answers regularly. */
    void behave(int id) {
        for (ApiKey api :
                List.of(ApiKey.METADATA, ApiKey.FETCH, ApiKey.LIST_OFFSETS, ApiKey.PRODUCE, ApiKey.INIT_PRODUCER_ID)) {
            broker(id).on(api, call -> regular(id, call));
        }
    }

    FakeBroker broker(int id) {
        return brokers.get(id);
    }

    /** A topic whose partitions are led by broker 0, 1, ... in turn. */
    FakeCluster topic(String name, int partitions) {
        makeAnew(name);
        for (int i = 0; i < partitions; i++) {
            TopicPartition partition = new TopicPartition(name, i);
            logs.put(partition, new FakeLog());
            lead(partition, i % brokers.size());
        }
        return this;
    }

    /** The topic gets another id; all else is as before. */
    void makeAnew(String name) {
        topicIds.put(name, new UUID(1, producerIds.getAndIncrement()));
    }

    /** Differs each time a topic of this name is made. */
    UUID topicId(String topic) {
        return topicIds.get(topic);
    }

    FakeLog log(String topic, int partition) {
        return logs.get(new TopicPartition(topic, partition));
    }

    /** Makes a broker the leader, in a new epoch. */
    void lead(TopicPartition partition, int broker) {
        epochs.merge(partition, 1, Integer::sum);
        leaders.put(partition, broker);
    }

    Cluster connect() {
        return connect(SETTINGS);
    }

    Cluster connect(ClientSettings settings) {
        return Cluster.bootstrap(List.of(broker(0).endpoint()), settings);
    }

    Cluster connect(ClientSettings settings, Clock clock) {
        Environment system = Environment.system(settings.connection());
        Environment timed = new Environment(clock, system.entropy(), system.loop(), system.connections());
        return Cluster.bootstrap(List.of(broker(0).endpoint()), settings, timed);
    }

    /** What the broker answers when it behaves. */
    Reply regular(int id, Call call) {
        return new Answer(
                switch (call.api()) {
                    case METADATA -> metadata(call.as(Metadata.Request.class));
                    case FETCH ->
                        new Fetch.Response(
                                0,
                                ErrorCode.NONE,
                                0,
                                each(
                                        call.as(Fetch.Request.class).topics(),
                                        (partition, query) -> leads(id, partition)
                                                ? logs.get(partition).fetch(query)
                                                : Fetch.Data.failed(query.partition(), notLeader(partition)),
                                        Fetch.Query::partition));
                    case LIST_OFFSETS ->
                        new ListOffsets.Response(
                                0,
                                each(
                                        call.as(ListOffsets.Request.class).topics(),
                                        (partition, query) -> leads(id, partition)
                                                ? logs.get(partition).find(query)
                                                : new ListOffsets.Found(
                                                        query.partition(), notLeader(partition), -1, -1, -1),
                                        ListOffsets.Query::partition));
                    case PRODUCE ->
                        new Produce.Response(
                                each(
                                        call.as(Produce.Request.class).topics(),
                                        (partition, data) -> leads(id, partition)
                                                ? logs.get(partition).append(data)
                                                : Produce.Result.failed(data.partition(), notLeader(partition), null),
                                        Produce.Data::partition),
                                0);
                    case INIT_PRODUCER_ID ->
                        new InitProducerId.Response(0, ErrorCode.NONE, producerIds.getAndIncrement(), (short) 0);
                    default -> throw new IllegalStateException("Not a part of the fake: " + call.api());
                });
    }

    private interface PerPartition<Q, A> {
        A answer(TopicPartition partition, Q query);
    }

    private static <Q, A> List<ByTopic<A>> each(
            List<ByTopic<Q>> topics, PerPartition<Q, A> body, Function<Q, Integer> number) {
        return topics.stream()
                .map(topic -> new ByTopic<>(
                        topic.topic(),
                        topic.partitions().stream()
                                .map(query ->
                                        body.answer(new TopicPartition(topic.topic(), number.apply(query)), query))
                                .toList()))
                .toList();
    }

    private boolean leads(int id, TopicPartition partition) {
        return leaders.getOrDefault(partition, -1) == id;
    }

    private ErrorCode notLeader(TopicPartition partition) {
        return logs.containsKey(partition) ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private Metadata.Response metadata(Metadata.Request request) {
        List<String> names = request.topics() != null
                ? request.topics().stream().map(Metadata.Wanted::name).toList()
                : logs.keySet().stream()
                        .map(each -> each.topic().value())
                        .distinct()
                        .toList();
        List<Metadata.Broker> nodes = new ArrayList<>();
        for (int id = 0; id < brokers.size(); id++) {
            nodes.add(new Metadata.Broker(
                    id, broker(id).endpoint().host(), broker(id).endpoint().port(), "rack-" + id));
        }
        List<Metadata.Topic> topics = names.stream().map(this::topic).toList();
        return new Metadata.Response(0, nodes, "fake", 0, topics, Metadata.NO_OPERATIONS);
    }

    private Metadata.Topic topic(String name) {
        TopicName topic = new TopicName(name);
        List<Metadata.Partition> partitions = logs.keySet().stream()
                .filter(each -> each.topic().equals(topic))
                .map(each -> {
                    int leader = leaders.get(each);
                    ErrorCode error = leader < 0 ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.NONE;
                    List<Integer> replicas = List.of(0, brokers.size() - 1);
                    return new Metadata.Partition(
                            error, each.partition(), leader, epochs.get(each), replicas, replicas, List.of());
                })
                .toList();
        ErrorCode error = partitions.isEmpty() ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
        UUID id = partitions.isEmpty() ? Metadata.NO_ID : topicIds.get(name);
        return new Metadata.Topic(error, name, id, false, partitions, Metadata.NO_OPERATIONS);
    }

    @Override
    public void close() {
        brokers.forEach(FakeBroker::close);
    }
}
