package io.millstream.hadoop.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Header;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Random records come out of a staged file as they went in; a file that is cut off or changed anywhere comes out as damaged. */
final class StagedFormTest {

    private static final long SEED = Long.getLong("seed", new Random().nextLong());

    private final Random random = new Random(SEED);

    private record Kept(long timestamp, byte[] key, byte[] value, List<Header> headers) {}

    @Test
    void whatGoesInComesOutInOrder() throws IOException {
        for (int round = 0; round < 60; round++) {
            Map<TopicPartition, List<Kept>> written = new TreeMap<>();
            long bufferBytes = 200L + random.nextInt(5_000);
            byte[] file = file(written, 1 + random.nextInt(300), bufferBytes);

            Map<TopicPartition, List<Kept>> read = new TreeMap<>();
            try (StagedReader reader = new StagedReader(new ByteArrayInputStream(file), "f")) {
                for (StagedBatch batch = reader.next(); batch != null; batch = reader.next()) {
                    assertThat(batch.topicId()).isEqualTo(id(batch.partition()));
                    read.computeIfAbsent(batch.partition(), each -> new ArrayList<>())
                            .addAll(records(batch));
                }
                assertThat(reader.bytes()).isEqualTo(file.length);
            }

            assertThat(texts(read)).as("seed %d", SEED).isEqualTo(texts(written));
        }
    }

    @Test
    void aFileThatIsCutOffAnywhereIsDamaged() throws IOException {
        byte[] file = file(new TreeMap<>(), 20, 2_000);
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> readAll(cut), "cut to %d, seed %d", length, SEED)
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("Staged file f is damaged");
        }
    }

    @Test
    void aBitThatIsFlippedAnywhereIsFound() throws IOException {
        byte[] file = file(new TreeMap<>(), 20, 2_000);
        for (int at = 0; at < file.length; at++) {
            byte[] flipped = file.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> readAll(flipped), "byte %d, seed %d", at, SEED)
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("Staged file f");
        }
    }

    @Test
    void whatFollowsTheEndIsFound() throws IOException {
        byte[] file = file(new TreeMap<>(), 5, 2_000);
        byte[] longer = Arrays.copyOf(file, file.length + 1);
        assertThatThrownBy(() -> readAll(longer)).hasMessageContaining("something follows its end");
    }

    @Test
    void aFileOfALaterReleaseIsRefusedByItsVersion() throws IOException {
        byte[] file = file(new TreeMap<>(), 5, 2_000);
        file[7] = 2;
        assertThatThrownBy(() -> readAll(file)).hasMessageContaining("format version 2");
    }

    private static void readAll(byte[] file) throws IOException {
        try (StagedReader reader = new StagedReader(new ByteArrayInputStream(file), "f")) {
            while (reader.next() != null) {
                // Only to the end.
            }
        }
    }

    private static UUID id(TopicPartition partition) {
        return new UUID(partition.topic().value().hashCode(), 7);
    }

    private byte[] file(Map<TopicPartition, List<Kept>> written, int records, long bufferBytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StagedWriter writer = new StagedWriter(out);
        Codec codec = Codec.of(random.nextInt(5));
        try (BatchBuffer buffer = new BatchBuffer(writer, codec, 100 + random.nextInt(1_000), bufferBytes)) {
            for (int i = 0; i < records; i++) {
                TopicPartition partition = new TopicPartition("topic" + random.nextInt(3), random.nextInt(4));
                Kept kept = new Kept(random.nextInt(), bytes(), bytes(), headers());
                buffer.add(partition, id(partition), kept.timestamp, kept.key, kept.value, kept.headers);
                assertThat(buffer.buffered()).isLessThanOrEqualTo(bufferBytes);
                written.computeIfAbsent(partition, each -> new ArrayList<>()).add(kept);
            }
            buffer.flush();
        }
        writer.finish();
        return out.toByteArray();
    }

    private byte[] bytes() {
        if (random.nextInt(5) == 0) {
            return null;
        }
        byte[] bytes = new byte[random.nextInt(60)];
        random.nextBytes(bytes);
        return bytes;
    }

    private List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            headers.add(new Header("h" + i, bytes()));
        }
        return headers;
    }

    private static List<Kept> records(StagedBatch batch) {
        List<Kept> kept = new ArrayList<>();
        try (RecordIterator records =
                RecordBatch.at(Unpooled.wrappedBuffer(batch.bytes())).records()) {
            while (records.hasNext()) {
                Record each = records.next();
                kept.add(new Kept(each.timestamp(), each.key(), each.value(), each.headers()));
            }
        }
        assertThat(kept).hasSize(batch.records());
        return kept;
    }

    private static Map<TopicPartition, List<String>> texts(Map<TopicPartition, List<Kept>> records) {
        Map<TopicPartition, List<String>> texts = new TreeMap<>();
        records.forEach((partition, kept) -> texts.put(
                partition,
                kept.stream()
                        .map(each -> each.timestamp
                                + Arrays.toString(each.key)
                                + Arrays.toString(each.value)
                                + each.headers.stream()
                                        .map(header -> header.key() + Arrays.toString(header.value()))
                                        .toList())
                        .toList()));
        return texts;
    }
}
