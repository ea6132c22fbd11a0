package io.millstream.broker.server.handler;

import static io.millstream.broker.server.handler.Requests.batch;
import static io.millstream.broker.server.handler.Requests.only;
import static io.millstream.broker.server.handler.Requests.produce;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.server.RawClient;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.OffsetForLeaderEpoch;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OffsetForLeaderEpochTest {

    private static final int LATER = ServedPartitions.EPOCH + 3;

    @TempDir
    Path directory;

    private ServedPartitions served;
    private RawClient client;

    /** Two records of one term, one of another three terms later. */
    @BeforeEach
    void start() {
        served = new ServedPartitions(directory);
        client = served.connect();
        Partition partition = served.leading("clicks", 0);
        produce(client, 1, "clicks", batch(1_000, "a", "b"));
        partition.lead(LATER, new Isr(Set.of(ServedPartitions.BROKER), 1));
        produce(client, 1, "clicks", batch(1_000, "c"));
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    private OffsetForLeaderEpoch.End end(String topic, int currentEpoch, int epoch) {
        var query = new OffsetForLeaderEpoch.Query(0, currentEpoch, epoch);
        var request = new OffsetForLeaderEpoch.Request(
                OffsetForLeaderEpoch.CONSUMER, List.of(new ByTopic<>(topic, List.of(query))));
        return only(client.ask(request, OffsetForLeaderEpoch.Response.class).topics());
    }

    private static OffsetForLeaderEpoch.End known(int epoch, long endOffset) {
        return new OffsetForLeaderEpoch.End(ErrorCode.NONE, 0, epoch, endOffset);
    }

    private static OffsetForLeaderEpoch.End refused(ErrorCode error) {
        return new OffsetForLeaderEpoch.End(error, 0, OffsetForLeaderEpoch.NO_EPOCH, OffsetForLeaderEpoch.NO_OFFSET);
    }

    @Test
    void aTermEndsWhereTheNextBeganAndTheLastAtTheEndOfTheLog() {
        assertThat(end("clicks", -1, ServedPartitions.EPOCH)).isEqualTo(known(ServedPartitions.EPOCH, 2));
        assertThat(end("clicks", LATER, LATER)).isEqualTo(known(LATER, 3));
    }

    @Test
    void aTermThatLeftNothingEndsWhereTheOneBeforeItDid() {
        assertThat(end("clicks", -1, LATER - 1)).isEqualTo(known(ServedPartitions.EPOCH, 2));
    }

    @Test
    void aTermBeforeTheOldestEndsWhereThatBegan() {
        assertThat(end("clicks", -1, 1)).isEqualTo(known(1, 0));
    }

    @Test
    void nothingIsKnownOfATermToComeOrOfNone() {
        assertThat(end("clicks", -1, LATER + 1)).isEqualTo(refused(ErrorCode.NONE));
        assertThat(end("clicks", -1, -1)).isEqualTo(refused(ErrorCode.NONE));
    }

    @Test
    void whoDoesNotKnowTheLeaderOrThePartitionIsTold() {
        assertThat(end("clicks", LATER - 1, LATER)).isEqualTo(refused(ErrorCode.FENCED_LEADER_EPOCH));
        assertThat(end("clicks", LATER + 1, LATER)).isEqualTo(refused(ErrorCode.UNKNOWN_LEADER_EPOCH));
        assertThat(end("../clicks", -1, LATER)).isEqualTo(refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
    }
}
