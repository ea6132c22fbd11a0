package io.millstream.broker.server.handler;

import static io.millstream.broker.server.handler.Requests.idempotent;
import static io.millstream.broker.server.handler.Requests.produce;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.server.RawClient;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeProducers;
import io.millstream.wire.message.DescribeProducers.Described;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one DescribeProducers request may cost, whatever it names. */
final class DescribeProducersBudgetTest {

    private static final int PRODUCERS = 3;

    @TempDir
    Path directory;

    private ServedPartitions served;

    @BeforeEach
    void start() {
        served = new ServedPartitions(directory);
        try (RawClient client = served.connect()) {
            for (String topic : List.of("clicks", "orders", "views")) {
                served.leading(topic, 0);
                for (int producer = 1; producer <= PRODUCERS; producer++) {
                    produce(client, -1, topic, idempotent(producer, 0, 0, "a"));
                }
            }
        }
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private List<Described> describe(int enough, List<ByTopic<Integer>> topics) {
        return new DescribeProducersHandler(served.partitions, Runnable::run, enough)
                .handle(null, new DescribeProducers.Request(topics)).toCompletableFuture().join().topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .toList();
    }

    private static ByTopic<Integer> first(String topic) {
        return new ByTopic<>(topic, List.of(0));
    }

    @Test
    void aPartitionThatIsNamedAgainIsListedOnce() {
        List<Described> all = describe(1_000, List.of(new ByTopic<>("clicks", Collections.nCopies(1_000, 0))));

        assertThat(all).hasSize(1_000);
        assertThat(all.get(0).producers()).hasSize(PRODUCERS);
        assertThat(all.subList(1, 1_000)).allSatisfy(each -> {
            assertThat(each.error()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(each.producers()).isEmpty();
        });
    }

    @Test
    void theFirstPartitionIsWholeAndThoseBehindTheBudgetAreLeftForAnotherRequest() {
        List<Described> all = describe(PRODUCERS + 1, List.of(first("clicks"), first("orders"), first("views")));

        assertThat(all.stream().map(each -> each.producers().size())).containsExactly(PRODUCERS, PRODUCERS, 0);
        assertThat(all.get(2).error()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
        assertThat(all.get(2).errorMessage()).contains("6 producers");
        assertThat(describe(1, List.of(first("views"))).get(0).producers()).hasSize(PRODUCERS);
    }

    @Test
    void whatIsNotThereCostsNothing() {
        List<Described> all = describe(1, List.of(first("nowhere"), first("clicks")));

        assertThat(all.get(0).error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(all.get(1).producers()).hasSize(PRODUCERS);
    }
}
