package io.millstream.broker.server.handler;

import static io.millstream.broker.server.handler.Requests.fetch;
import static io.millstream.broker.server.handler.Requests.idempotent;
import static io.millstream.broker.server.handler.Requests.only;
import static io.millstream.broker.server.handler.Requests.produce;
import static io.millstream.broker.server.handler.Requests.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.replica.Partition;
import io.millstream.broker.server.NoLeaks;
import io.millstream.broker.server.RawClient;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Produce;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** P1 to P3 and P6 over the wire, request by request; what a log remembers is {@code P1ToP4ProducersOfALogTest}'s matter. */
@ExtendWith(NoLeaks.class)
final class P1ToP6ProducersOnTheWireTest {

    private static final long PRODUCER = 9;

    @TempDir
    Path directory;

    private ServedPartitions served;
    private Partition partition;
    private RawClient client;

    @BeforeEach
    void start() {
        served = new ServedPartitions(directory);
        partition = served.leading("clicks", 0);
        client = served.connect();
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    private Produce.Result send(int epoch, int sequence, String value) {
        return produce(client, -1, "clicks", idempotent(PRODUCER, epoch, sequence, value));
    }

    private List<String> stored() {
        return values(fetch(client, "clicks", 0), 0);
    }

    @Test
    void p1_aBatchWhoseAnswerWasLostKeepsItsOffsetOnAnotherConnection() {
        // given
        RawClient lost = served.connect();
        lost.send(1, produce(-1, "clicks", idempotent(PRODUCER, 0, "a")));
        await().until(() -> partition.highWatermark() == 1);
        lost.close();

        // when
        Produce.Result again = send(0, 0, "a");
        Produce.Result next = send(0, 1, "b");

        // then
        assertThat(again).isEqualTo(Produce.Result.appended(0, 0, -1, 0));
        assertThat(next.baseOffset()).isEqualTo(1);
        assertThat(stored()).containsExactly("a", "b");
    }

    @Test
    void p1_fiveOnTheWayInAnotherOrderAreStoredInTheirOwn() {
        // given
        List<Integer> mixedUp = List.of(0, 2, 1, 4, 3);

        // when all are sent before an answer is read, and what is refused is sent again
        List<Integer> left = new ArrayList<>(mixedUp);
        int rounds = 0;
        while (!left.isEmpty() && rounds++ < 5) {
            left.forEach(sequence ->
                    client.send(sequence, produce(-1, "clicks", idempotent(PRODUCER, sequence, "v" + sequence))));
            List<Integer> refused = new ArrayList<>();
            for (int sequence : left) {
                Produce.Result result =
                        only(client.receive(ApiKey.PRODUCE, ApiKey.PRODUCE.max(), Produce.Response.class)
                                .body()
                                .topics());
                if (result.error() == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER) {
                    refused.add(sequence);
                } else {
                    assertThat(result.baseOffset()).isEqualTo(sequence);
                }
            }
            left = refused;
        }

        // then
        assertThat(left).isEmpty();
        assertThat(stored()).containsExactly("v0", "v1", "v2", "v3", "v4");
    }

    @Test
    void p1_aBatchOlderThanFiveIsADuplicateWhoseOffsetIsNotTold() {
        for (int i = 0; i < 7; i++) {
            send(0, i, "v" + i);
        }

        Produce.Result again = send(0, 1, "v1");

        assertThat(again.error()).isEqualTo(ErrorCode.DUPLICATE_SEQUENCE_NUMBER);
        assertThat(again.baseOffset()).isEqualTo(-1);
        assertThat(again.errorMessage()).contains("Producer 9", "sequence 1 is stored");
        assertThat(stored()).hasSize(7);
    }

    @Test
    void p1_aGapIsRefusedAndStoresNothing() {
        send(0, 0, "a");

        assertThat(send(0, 5, "f").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(stored()).containsExactly("a");
    }

    @Test
    void p1_whoMayLeadNoMoreDoesNotSpeakOfAGap() {
        send(0, 0, "a");
        served.leadsForSure = false;

        assertThat(send(0, 5, "f").error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(send(0, 1, "b").error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void p2_sequencesGoOnAtZeroAfterTheLargest() {
        send(0, Integer.MAX_VALUE - 1, "a");
        send(0, Integer.MAX_VALUE, "b");

        assertThat(send(0, 0, "c").baseOffset()).isEqualTo(2);
        assertThat(send(0, Integer.MAX_VALUE, "b").baseOffset()).isEqualTo(1);
        assertThat(send(0, 2, "e").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(stored()).containsExactly("a", "b", "c");
    }

    @Test
    void p3_aNewEpochBeginsAtZeroAndFencesTheOneBefore() {
        send(0, 0, "a");

        assertThat(send(1, 1, "x").error()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(send(1, 0, "b").baseOffset()).isEqualTo(1);
        assertThat(send(0, 1, "x").error()).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(stored()).containsExactly("a", "b");
    }

    @Test
    void p6_aBatchThatNamesATransactionIsRefused() {
        Produce.Request plain = produce(-1, "clicks", idempotent(PRODUCER, 0, "a"));

        Produce.Response response = client.ask(
                new Produce.Request("tx", plain.acks(), plain.timeoutMillis(), plain.topics()), Produce.Response.class);

        assertThat(only(response.topics()).error()).isEqualTo(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        assertThat(stored()).isEmpty();
    }
}
