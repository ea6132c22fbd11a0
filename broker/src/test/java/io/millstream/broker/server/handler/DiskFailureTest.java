package io.millstream.broker.server.handler;

import static io.millstream.broker.server.handler.Requests.batch;
import static io.millstream.broker.server.handler.Requests.fetch;
import static io.millstream.broker.server.handler.Requests.produce;
import static io.millstream.broker.server.handler.Requests.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.broker.log.FlushMode;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Role;
import io.millstream.broker.server.NoLeaks;
import io.millstream.broker.server.RawClient;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimFaults;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.millstream.core.Clock;
import io.millstream.wire.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** L4, L5: what clients are told when the disk is full or fails, and what they find after a restart. */
@ExtendWith(NoLeaks.class)
class DiskFailureTest {

    private static final Path DIRECTORY = Path.of("/data");
    private static final Isr ALONE = new Isr(Set.of(ServedPartitions.BROKER), 1);
    private static final LogConfig COMMIT =
            LogConfig.DEFAULT.with(new LogConfig.Flushing(FlushMode.COMMIT, Long.MAX_VALUE, Long.MAX_VALUE));

    private SimDisk disk = SimDisk.empty(Clock.system());

    private ServedPartitions serve(LogConfig config) {
        ServedPartitions served = new ServedPartitions(DIRECTORY, disk);
        served.leading("clicks", 0, config, ALONE);
        return served;
    }

    /** Everything; an answer holds records of one segment at most. */
    private static List<String> read(RawClient client) {
        List<String> all = new ArrayList<>();
        while (true) {
            List<String> more = values(fetch(client, "clicks", all.size()), all.size());
            if (more.isEmpty()) {
                return all;
            }
            all.addAll(more);
        }
    }

    private void assertIsRefusedWithoutAGapUntilThereIsRoom(Runnable noRoom, Runnable room) {
        try (ServedPartitions served = serve(LogConfig.DEFAULT);
                RawClient client = served.connect()) {
            assertThat(produce(client, 1, "clicks", batch(1_000, "a")).baseOffset())
                    .isZero();
            noRoom.run();

            for (int attempt = 0; attempt < 3; attempt++) {
                assertThat(produce(client, -1, "clicks", batch(1_000, "b".repeat(500)))
                                .error())
                        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            }

            assertThat(read(client)).containsExactly("a");
            disk = disk.kill(); // in the middle of it
        }
        room.run();
        try (ServedPartitions served = serve(LogConfig.DEFAULT);
                RawClient client = served.connect()) {
            assertThat(read(client)).containsExactly("a");
            assertThat(produce(client, -1, "clicks", batch(1_000, "c")).baseOffset())
                    .isEqualTo(1);
            assertThat(read(client)).containsExactly("a", "c");
        }
    }

    @Test
    void l4_fullDiskRefusesAndResumesAfterARestart() {
        assertIsRefusedWithoutAGapUntilThereIsRoom(
                () -> disk.capacity(disk.totalBytes(DIRECTORY) - disk.usableBytes(DIRECTORY) + 300),
                () -> disk.capacity(Long.MAX_VALUE));
    }

    @Test
    void l4_largestFileRefusesAndResumesAfterARestart() {
        assertIsRefusedWithoutAGapUntilThereIsRoom(() -> disk.largestFile(400), () -> disk.largestFile(1 << 30));
    }

    @Test
    void l4_roomThatComesBackIsUsedWithoutARestart() {
        try (ServedPartitions served = serve(LogConfig.DEFAULT);
                RawClient client = served.connect()) {
            disk.largestFile(100);
            assertThat(produce(client, 1, "clicks", batch(1_000, "b".repeat(500)))
                            .error())
                    .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            disk.largestFile(1 << 30);

            assertThat(produce(client, 1, "clicks", batch(1_000, "a")).baseOffset())
                    .isZero();
            assertThat(read(client)).containsExactly("a");
        }
    }

    @Test
    void acknowledgedByAllMeansOnDiskAndConsumersSeeNoMore() {
        try (ServedPartitions served = serve(COMMIT);
                RawClient client = served.connect()) {
            for (String value : List.of("a", "b", "c")) {
                assertThat(produce(client, -1, "clicks", batch(1_000, value)).error())
                        .isEqualTo(ErrorCode.NONE);
            }
            disk = disk.crash(5);
        }
        try (ServedPartitions served = serve(COMMIT);
                RawClient client = served.connect()) {
            assertThat(read(client)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void l5_failedFsyncAcknowledgesNothingAndTakesThePartitionOffline() {
        try (ServedPartitions served = serve(COMMIT);
                RawClient client = served.connect();
                RawClient reader = served.connect()) {
            assertThat(produce(client, -1, "clicks", batch(1_000, "a")).error()).isEqualTo(ErrorCode.NONE);
            disk.faults(SimFaults.nth(0, new Fault(Failure.IO, 0), Set.of(Operation.FORCE)));

            assertThat(produce(client, -1, "clicks", batch(1_000, "b")).error())
                    .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);

            Partition partition = served.partitions.find("clicks", 0).orElseThrow();
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> partition.role().equals(new Role.Offline(ErrorCode.KAFKA_STORAGE_ERROR)));
            assertThat(partition.highWatermark()).isEqualTo(1);
            for (int acks : new int[] {1, -1}) {
                assertThat(produce(client, acks, "clicks", batch(1_000, "c")).error())
                        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            }
            assertThat(fetch(reader, "clicks", 0).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            disk = disk.kill();
        }
        try (ServedPartitions served = serve(COMMIT);
                RawClient client = served.connect()) {
            assertThat(read(client)).startsWith("a");
            assertThat(produce(client, -1, "clicks", batch(1_000, "d")).error()).isEqualTo(ErrorCode.NONE);
            List<String> acknowledged = read(client);
            disk = disk.crash(1);
            assertThat(acknowledged).startsWith("a").endsWith("d");
        }
        try (ServedPartitions served = serve(COMMIT);
                RawClient client = served.connect()) {
            assertThat(read(client)).startsWith("a").endsWith("d");
        }
    }
}
