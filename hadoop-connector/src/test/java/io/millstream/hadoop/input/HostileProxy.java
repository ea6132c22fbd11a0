package io.millstream.hadoop.input;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.input.FakeCluster.Trouble;
import io.millstream.net.Connection;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import io.millstream.net.FakeBroker;
import io.millstream.net.FakeBroker.Answer;
import io.millstream.net.FakeBroker.Call;
import io.millstream.net.FakeBroker.Reply;
import io.millstream.record.RecordBatch;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.Metadata;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Stands before a real broker, whose clients find no other address. It hands on what the broker says, but gives a few batches at a
 * time, the last of them torn, as brokers may, and what a test wants to happen to the fetches of a partition.
 */
final class HostileProxy implements AutoCloseable {

    private static final int BATCHES = 3;
    private static final int TORN_BYTES = 5;

    private final Map<TopicPartition, Supplier<Trouble>> troubles = new ConcurrentHashMap<>();
    private final Connections connections = Connections.tcp(ConnectionSettings.defaults("hostile-proxy"));
    private final BrokerEndpoint behind;
    private final FakeBroker front = FakeBroker.start();

    private HostileProxy(BrokerEndpoint behind) {
        this.behind = behind;
        for (ApiKey api : ApiKey.values()) {
            if (api != ApiKey.API_VERSIONS) {
                front.on(api, call -> new Answer(ask(call.body(), ResponseBody.class)));
            }
        }
        front.on(ApiKey.METADATA, call -> new Answer(moved(ask(call.body(), Metadata.Response.class))));
        front.on(ApiKey.FETCH, this::fetch);
    }

    static HostileProxy before(BrokerEndpoint broker) {
        return new HostileProxy(broker);
    }

    BrokerEndpoint endpoint() {
        return front.endpoint();
    }

    /** What happens to each fetch of a partition from now on; a supplier that waits is a stall. */
    void trouble(TopicPartition partition, Supplier<Trouble> each) {
        troubles.put(partition, each);
    }

    /** A connection for each request: one that fails does not trouble others. */
    private <R extends ResponseBody> R ask(RequestBody request, Class<R> type) {
        Connection connection = connections.open(behind).join();
        try {
            return connection.send(request, type).join();
        } finally {
            connection.close();
        }
    }

    private Metadata.Response moved(Metadata.Response real) {
        List<Metadata.Broker> here = real.brokers().stream()
                .map(each -> new Metadata.Broker(
                        each.id(), endpoint().host(), endpoint().port(), each.rack()))
                .toList();
        return new Metadata.Response(
                real.throttleMillis(),
                here,
                real.clusterId(),
                real.controller(),
                real.topics(),
                real.authorizedOperations());
    }

    private Reply fetch(Call call) {
        Fetch.Request request = call.as(Fetch.Request.class);
        ByTopic<Fetch.Query> topic = request.topics().get(0); // the reader asks for one partition at a time
        TopicPartition partition =
                new TopicPartition(topic.topic(), topic.partitions().get(0).partition());
        Trouble trouble = troubles.getOrDefault(partition, () -> Trouble.NONE).get();
        if (trouble == Trouble.HANG_UP) {
            return new FakeBroker.HangUp();
        }
        if (trouble == Trouble.SILENCE) {
            return new FakeBroker.Silence();
        }
        Fetch.Response real = ask(request, Fetch.Response.class);
        Fetch.Data data = real.topics().get(0).partitions().get(0);
        return new Answer(new Fetch.Response(
                real.throttleMillis(),
                real.error(),
                real.sessionId(),
                List.of(new ByTopic<>(topic.topic(), List.of(edited(data, trouble))))));
    }

    private static Fetch.Data edited(Fetch.Data real, Trouble trouble) {
        if (trouble == Trouble.NOT_LEADER) {
            return Fetch.Data.failed(real.partition(), ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
        ByteBuf records = real.recordBytes();
        int most = trouble == Trouble.EMPTY ? 0 : torn(records, trouble == Trouble.CUT ? 1 : BATCHES);
        return new Fetch.Data(
                real.partition(),
                real.error(),
                real.highWatermark(),
                real.lastStableOffset(),
                real.logStartOffset(),
                null,
                real.preferredReplica(),
                new BytesPayload(records.slice(records.readerIndex(), most)));
    }

    /** Length of the first batches, of which the last is not whole; all there is if these are fewer. */
    private static int torn(ByteBuf records, int batches) {
        int at = records.readerIndex();
        for (int i = 0; i < batches; i++) {
            if (!RecordBatch.isWhole(records, at, records.writerIndex())) {
                return records.readableBytes();
            }
            at += RecordBatch.at(records, at, records.writerIndex()).sizeInBytes();
        }
        return at - records.readerIndex() - TORN_BYTES;
    }

    @Override
    public void close() {
        front.close();
        connections.close();
    }
}
