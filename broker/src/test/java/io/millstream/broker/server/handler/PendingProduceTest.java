package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.replica.Role;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Produce;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A produce request that waits, on a loop whose tasks can be counted. */
class PendingProduceTest {

    private static final int BROKER = 1;

    @TempDir
    Path directory;

    private final QueuedContext context = new QueuedContext(ApiKey.PRODUCE);

    @Test
    void anIsrThatChangesWithinTheTermIsLookedAtOnceAndWaitedForQuietly() {
        try (LogDirectories logs =
                LogDirectories.open(List.of(directory), LogEnvironment.system(), topic -> LogConfig.DEFAULT)) {
            // given records that two other replicas do not have
            TopicPartition id = new TopicPartition("clicks", 0);
            Partition partition =
                    new Partition(logs.create(id, UUID.randomUUID(), LogConfig.DEFAULT), BROKER, () -> true);
            partition.lead(5, new Isr(Set.of(BROKER, 2, 3), 1));
            Role term = partition.role();
            partition.append(Requests.batch(1_000, "a"), Durability.ALL);
            List<UncommittedAppend> uncommitted = new ArrayList<>(List.of(new UncommittedAppend(partition, term, 1)));
            Produce.Result result = Produce.Result.appended(0, 0, -1, 0);
            CompletableFuture<Produce.Response> answer = new PendingProduce(
                            context, List.of(new ByTopic<>("clicks", List.of(result))), uncommitted)
                    .await(30_000);
            assertThat(context.run()).isZero();

            // when one of them leaves the ISR
            partition.lead(5, 1, new Isr(Set.of(BROKER, 2), 1));

            // then
            assertThat(context.run()).isEqualTo(1);
            assertThat(answer).isNotDone();
            assertThat(partition.waiting()).isEqualTo(1);

            // when the other one does
            partition.lead(5, 2, new Isr(Set.of(BROKER), 1));

            // then
            assertThat(context.run()).isEqualTo(1);
            assertThat(answer.join().topics().get(0).partitions()).containsExactly(result);
        }
    }

    /** Also who is to hear that its records were there already: they may be lost yet. */
    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"NONE", "DUPLICATE_SEQUENCE_NUMBER"})
    void whoWaitsHearsThatTooFewReplicasAreLeft(ErrorCode appended) {
        try (LogDirectories logs =
                LogDirectories.open(List.of(directory), LogEnvironment.system(), topic -> LogConfig.DEFAULT)) {
            // given records that another replica does not have
            TopicPartition id = new TopicPartition("clicks", 0);
            Partition partition =
                    new Partition(logs.create(id, UUID.randomUUID(), LogConfig.DEFAULT), BROKER, () -> true);
            partition.lead(5, new Isr(Set.of(BROKER, 2), 2));
            Role term = partition.role();
            partition.append(Requests.batch(1_000, "a"), Durability.ALL);
            List<UncommittedAppend> uncommitted = new ArrayList<>(List.of(new UncommittedAppend(partition, term, 1)));
            Produce.Result result = appended == ErrorCode.NONE
                    ? Produce.Result.appended(0, 0, -1, 0)
                    : Produce.Result.failed(0, appended, "long ago");
            CompletableFuture<Produce.Response> answer = new PendingProduce(
                            context, List.of(new ByTopic<>("clicks", List.of(result))), uncommitted)
                    .await(30_000);

            // when
            partition.lead(5, 1, new Isr(Set.of(BROKER), 2));
            context.run();

            // then
            assertThat(answer.join().topics().get(0).partitions().get(0).error())
                    .isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
            assertThat(partition.waiting()).isZero();
        }
    }
}
