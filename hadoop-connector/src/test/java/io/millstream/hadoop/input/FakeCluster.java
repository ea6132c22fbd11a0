package io.millstream.hadoop.input;

import io.millstream.core.TopicPartition;
import io.millstream.net.FakeBroker;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.Call;
import io.millstream.net.FakeBroker.Reply;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeRanges;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.ListOffsets;
import io.millstream.wire.message.Metadata;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A few brokers with logs in memory that a test can damage, empty and move. Real sockets, the real codec. */
final class FakeCluster implements AutoCloseable {

    /** A partition: batches in the order of their offsets. */
    private static final class Log {
        private int leader;
        private int epoch;
        private long start;
        private long end;
        private final List<byte[]> batches = new ArrayList<>();
    }

    /** What happens to a fetch of a partition. */
    enum Trouble {
        /** It is answered. */
        NONE,
        /** With no records, as if there were none yet. */
        EMPTY,
        /** That another broker leads. */
        NOT_LEADER,
        /** With the first batch cut off in the middle. */
        CUT,
        /** The connection ends. */
        HANG_UP,
        /** Never. */
        SILENCE
    }

    private final Map<TopicPartition, Supplier<Trouble>> troubles = new HashMap<>();
    private final List<FakeBroker> brokers = new ArrayList<>();
    private final SortedMap<TopicPartition, Log> logs = new TreeMap<>();
    private int batchesPerFetch = Integer.MAX_VALUE;
    private boolean silentlyEmpty;
    private UUID topicId = Metadata.NO_ID;

    private FakeCluster() {}

    static FakeCluster of(int brokers) {
        FakeCluster cluster = new FakeCluster();
        for (int i = 0; i < brokers; i++) {
            int id = i;
            cluster.brokers.add(FakeBroker.start()
                    .on(ApiKey.METADATA, call -> cluster.metadata(call.as(Metadata.Request.class)))
                    .on(ApiKey.LIST_OFFSETS, call -> cluster.listOffsets(call.as(ListOffsets.Request.class)))
                    .on(ApiKey.DESCRIBE_RANGES, call -> cluster.describe(call.as(DescribeRanges.Request.class)))
                    .on(ApiKey.FETCH, call -> cluster.fetch(id, call)));
        }
        return cluster;
    }

    /** Makes a topic whose partitions are led in turn. */
    synchronized FakeCluster topic(String name, int partitions) {
        for (int i = 0; i < partitions; i++) {
            Log log = new Log();
            log.leader = i % brokers.size();
            logs.put(new TopicPartition(name, i), log);
        }
        return this;
    }

    /** Appends a batch. Offsets between the log's end and the batch, and between its records, are gaps. */
    synchronized void append(TopicPartition partition, Codec codec, List<Record> records) {
        Log log = logs.get(partition);
        try (RecordBatchBuilder builder = new RecordBatchBuilder(codec, UnpooledByteBufAllocator.DEFAULT)) {
            records.forEach(each -> builder.append(each.timestamp(), each.key(), each.value(), each.headers()));
            ByteBuf batch = builder.build();
            RecordBatch view = RecordBatch.at(batch);
            view.stamp(records.get(0).offset(), log.epoch);
            log.batches.add(ByteBufUtil.getBytes(batch));
            log.end = view.nextOffset();
            batch.release();
        }
    }

    /** Appends a batch of {@code count} records at the end, with the offset in the value. */
    synchronized void append(TopicPartition partition, int count) {
        long first = logs.get(partition).end;
        List<Record> records = new ArrayList<>();
        for (long offset = first; offset < first + count; offset++) {
            byte[] value = (partition + "@" + offset).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            records.add(new Record(offset, 1000 * offset, null, value, List.of()));
        }
        append(partition, Codec.LZ4, records);
    }

    /** Of all topics, from now on. */
    synchronized void tellTopicId(UUID id) {
        topicId = id;
    }

    synchronized long end(TopicPartition partition) {
        return logs.get(partition).end;
    }

    synchronized void moveEnd(TopicPartition partition, long end) {
        logs.get(partition).end = end;
    }

    synchronized void moveStart(TopicPartition partition, long start) {
        logs.get(partition).start = start;
    }

    synchronized void moveLeader(TopicPartition partition, int broker) {
        logs.get(partition).leader = broker;
        logs.get(partition).epoch++;
    }

    synchronized void damage(TopicPartition partition, int batch) {
        byte[] bytes = logs.get(partition).batches.get(batch);
        bytes[bytes.length - 1] ^= 1;
    }

    synchronized void answerBatches(int most) {
        batchesPerFetch = most;
    }

    synchronized void answerNothing() {
        silentlyEmpty = true;
    }

    /** What happens to each fetch of a partition from now on. */
    synchronized void trouble(TopicPartition partition, Supplier<Trouble> each) {
        troubles.put(partition, each);
    }

    void withoutDescribeRanges() {
        brokers.forEach(broker -> broker.without(ApiKey.DESCRIBE_RANGES));
    }

    FakeBroker broker(int id) {
        return brokers.get(id);
    }

    String bootstrap() {
        return brokers.stream().map(broker -> broker.endpoint().toString()).collect(Collectors.joining(","));
    }

    private synchronized Reply metadata(Metadata.Request request) {
        List<Metadata.Broker> nodes = new ArrayList<>();
        for (int i = 0; i < brokers.size(); i++) {
            nodes.add(new Metadata.Broker(
                    i,
                    brokers.get(i).endpoint().host(),
                    brokers.get(i).endpoint().port(),
                    null));
        }
        Map<String, List<Metadata.Partition>> topics = new TreeMap<>();
        logs.forEach(
                (partition, log) -> topics.computeIfAbsent(partition.topic().value(), name -> new ArrayList<>())
                        .add(new Metadata.Partition(
                                ErrorCode.NONE,
                                partition.partition(),
                                log.leader,
                                log.epoch,
                                List.of(log.leader),
                                List.of(log.leader),
                                List.of())));
        if (request.topics() != null) {
            topics.keySet()
                    .retainAll(
                            request.topics().stream().map(Metadata.Wanted::name).toList());
        }
        List<Metadata.Topic> described = topics.entrySet().stream()
                .map(topic -> new Metadata.Topic(
                        ErrorCode.NONE,
                        topic.getKey(),
                        topicId,
                        topic.getKey().startsWith("__"),
                        topic.getValue(),
                        Metadata.NO_OPERATIONS))
                .toList();
        return new Answer(new Metadata.Response(0, nodes, "fake", 0, described, Metadata.NO_OPERATIONS));
    }

    private synchronized Reply listOffsets(ListOffsets.Request request) {
        return new Answer(
                new ListOffsets.Response(0, each(request.topics(), ListOffsets.Query::partition, (log, query) -> {
                    long offset = query.timestamp() == ListOffsets.LATEST
                            ? log.end
                            : query.timestamp() == ListOffsets.EARLIEST ? log.start : (query.timestamp() + 999) / 1000;
                    boolean none = query.timestamp() >= 0 && offset >= log.end;
                    return new ListOffsets.Found(query.partition(), ErrorCode.NONE, -1, none ? -1 : offset, log.epoch);
                })));
    }

    private synchronized Reply describe(DescribeRanges.Request request) {
        return new Answer(
                new DescribeRanges.Response(0, each(request.topics(), DescribeRanges.Range::partition, (log, range) -> {
                    List<DescribeRanges.Chunk> chunks = new ArrayList<>();
                    for (byte[] bytes : log.batches) {
                        RecordBatch batch = RecordBatch.at(Unpooled.wrappedBuffer(bytes));
                        if (batch.nextOffset() > range.from() && batch.baseOffset() < range.to()) {
                            long offset = chunks.isEmpty() ? range.from() : batch.baseOffset();
                            chunks.add(new DescribeRanges.Chunk(offset, bytes.length, batch.maxTimestamp()));
                        }
                    }
                    return new DescribeRanges.Described(range.partition(), ErrorCode.NONE, range.to(), chunks);
                })));
    }

    private synchronized Reply fetch(int broker, Call call) {
        Fetch.Request request = call.as(Fetch.Request.class);
        Trouble trouble = request.topics().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(query -> troubles.get(new TopicPartition(topic.topic(), query.partition()))))
                .filter(Objects::nonNull)
                .findFirst()
                .map(Supplier::get)
                .orElse(Trouble.NONE);
        if (trouble == Trouble.HANG_UP) {
            return new FakeBroker.HangUp();
        }
        if (trouble == Trouble.SILENCE) {
            return new FakeBroker.Silence();
        }
        return new Answer(new Fetch.Response(
                0,
                ErrorCode.NONE,
                0,
                each(request.topics(), Fetch.Query::partition, (log, query) -> fetch(broker, log, query, trouble))));
    }

    private Fetch.Data fetch(int broker, Log log, Fetch.Query query, Trouble trouble) {
        Fetch.Data data = fetch(broker, log, query);
        if (trouble == Trouble.NOT_LEADER) {
            return Fetch.Data.failed(query.partition(), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
        if (data.error() != ErrorCode.NONE || trouble == Trouble.NONE) {
            return data;
        }
        ByteBuf whole = data.recordBytes();
        int size = Math.min(
                whole.readableBytes(), RecordBatch.LENGTH_OVERHEAD + whole.getInt(whole.readerIndex() + Long.BYTES));
        ByteBuf part = whole.slice(whole.readerIndex(), trouble == Trouble.EMPTY ? 0 : size - 5);
        return new Fetch.Data(
                query.partition(), ErrorCode.NONE, log.end, log.end, log.start, null, -1, new BytesPayload(part));
    }

    private Fetch.Data fetch(int broker, Log log, Fetch.Query query) {
        if (log.leader != broker) {
            return Fetch.Data.failed(query.partition(), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
        if (query.offset() < log.start || query.offset() > log.end) {
            return Fetch.Data.failed(query.partition(), ErrorCode.OFFSET_OUT_OF_RANGE);
        }
        ByteBuf records = Unpooled.buffer();
        int left = silentlyEmpty ? 0 : batchesPerFetch;
        for (byte[] bytes : log.batches) {
            if (left > 0 && RecordBatch.at(Unpooled.wrappedBuffer(bytes)).nextOffset() > query.offset()) {
                records.writeBytes(bytes);
                left--;
            }
        }
        return new Fetch.Data(
                query.partition(), ErrorCode.NONE, log.end, log.end, log.start, null, -1, new BytesPayload(records));
    }

    private <Q, A> List<ByTopic<A>> each(
            List<ByTopic<Q>> topics, Function<Q, Integer> number, BiFunction<Log, Q, A> answer) {
        Map<String, List<A>> answers = new HashMap<>();
        for (ByTopic<Q> topic : topics) {
            for (Q query : topic.partitions()) {
                Log log = logs.get(new TopicPartition(topic.topic(), number.apply(query)));
                answers.computeIfAbsent(topic.topic(), name -> new ArrayList<>())
                        .add(answer.apply(log, query));
            }
        }
        return answers.entrySet().stream()
                .map(topic -> new ByTopic<>(topic.getKey(), topic.getValue()))
                .toList();
    }

    @Override
    public void close() {
        brokers.forEach(FakeBroker::close);
    }
}
