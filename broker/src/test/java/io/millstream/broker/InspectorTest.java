package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.RecordBatchBuilder;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A suspicion is looked into: every flipped byte of a batch is found, and where nothing is wrong nothing is said. */
final class InspectorTest {

    private static final Path DATA = Path.of("/data");
    private static final Path FILE = DATA.resolve("clicks-0").resolve("00000000000000000000.log");

    private final SimDisk disk = SimDisk.empty(Clock.system());
    private final Partitions partitions = new Partitions();
    private final AtomicInteger found = new AtomicInteger();
    private LogDirectories logs;

    /** Does at once what it is given. */
    private static final class AtOnce implements Loop {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public Timer schedule(Runnable task, long delay, TimeUnit unit) {
            throw new AssertionError("Nothing is put off");
        }

        @Override
        public boolean owned() {
            return true;
        }

        @Override
        public void close() {
            // there is nothing to end
        }
    }

    @BeforeEach
    void open() {
        disk.createDirectories(DATA);
        logs = LogDirectories.open(
                List.of(DATA),
                new LogEnvironment(disk, Clock.system(), Entropy.system(), ThreadLoop::new),
                topic -> LogConfig.DEFAULT);
        partitions.listen(new Inspector(new AtOnce(), found::incrementAndGet));
        PartitionLogs.make(logs, partitions);
    }

    @AfterEach
    void close() {
        logs.close();
    }

    /** A partition with two batches. */
    private static final class PartitionLogs {
        private static void make(LogDirectories logs, Partitions partitions) {
            TopicPartition id = new TopicPartition("clicks", 0);
            Partition partition = new Partition(logs.create(id, new UUID(1, 2), LogConfig.DEFAULT), 1, () -> true);
            partitions.add(partition);
            partition.lead(1, new Isr(Set.of(1), 1));
            append(partition, "a");
            append(partition, "b");
        }

        private static void append(Partition partition, String value) {
            try (RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, new UnpooledByteBufAllocator(false))) {
                builder.append(1_000, null, value.getBytes(StandardCharsets.UTF_8), List.of());
                assertThat(partition.append(builder.build(), Durability.LEADER).accepted())
                        .isTrue();
            }
        }
    }

    private Partition partition() {
        return partitions.find(new TopicPartition("clicks", 0)).orElseThrow();
    }

    @Test
    void nothingIsSaidWhereNothingIsWrong() {
        partition().suspect(0, 1 << 20);
        partition().suspect(2, 1);

        assertThat(found).hasValue(0);
        assertThat(partition().damage()).isEmpty();
    }

    @Test
    void whatDoesNotFitItsChecksumIsDamageAndIsToldOnceWithFileAndPosition() {
        byte[] content = disk.content(FILE);
        int second = content.length / 2;
        content[content.length - 1] ^= 1;
        disk.replace(FILE, content);

        partition().suspect(0, 1); // the first batch is well
        assertThat(found).hasValue(0);
        partition().suspect(0, content.length);
        partition().suspect(1, 1);

        assertThat(found).hasValue(1);
        assertThat(partition().damage().orElseThrow().getMessage())
                .contains(FILE.toString())
                .contains("byte " + second);
    }
}
