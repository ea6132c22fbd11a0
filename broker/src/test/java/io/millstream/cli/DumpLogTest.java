package io.millstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.log.PartitionLog;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Header;
import io.millstream.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code broker dump-log} says of files as the broker leaves them, and of files that somebody has damaged. */
final class DumpLogTest {

    private static final TopicPartition PARTITION = new TopicPartition("clicks", 3);
    private static final String FIRST = "00000000000000000000";

    @TempDir
    Path data;

    private Path log;
    private LogDirectories open;

    private record Result(int code, String out, String err) {

        List<JsonNode> json() {
            return out.lines().map(Result::parse).toList();
        }

        List<JsonNode> json(String kind) {
            return json().stream()
                    .filter(each -> each.path("kind").asText().equals(kind))
                    .toList();
        }

        private static JsonNode parse(String line) {
            try {
                return new ObjectMapper().readTree(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Result dump(Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        List<String> line = new ArrayList<>(List.of("broker", "dump-log"));
        Stream.of(args).map(Object::toString).forEach(line::add);
        int code = Millstream.run(out, new PrintWriter(err, true), line.toArray(new String[0]));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    /** A log with three segments: two batches, one and one. Closed by the first {@link #close}. */
    @BeforeEach
    void fill() {
        LogConfig config = LogConfig.DEFAULT.with(new LogConfig.Rolling(700, Long.MAX_VALUE, 0));
        open = LogDirectories.open(List.of(data), LogEnvironment.system(), topic -> config);
        PartitionLog made = open.create(PARTITION, new UUID(1, 2), config);
        made.append(batch(Codec.NONE, -1, "a", "b", "\u0007bell"), 4);
        made.append(batch(Codec.GZIP, 77, "c", "d"), 5);
        made.append(batch(Codec.NONE, -1, "e".repeat(600)), 5);
        made.append(batch(Codec.NONE, -1, "f".repeat(600)), 7);
        log = data.resolve(PARTITION.toString());
    }

    private void close() {
        open.close();
    }

    private static ByteBuf batch(Codec codec, long producerId, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(codec, new UnpooledByteBufAllocator(false))) {
            if (producerId >= 0) {
                builder.producer(producerId, (short) 1, 0);
            }
            Header header = new Header("trace", "t1".getBytes(StandardCharsets.UTF_8));
            for (String value : values) {
                builder.append(1_700_000_000_000L, null, value.getBytes(StandardCharsets.UTF_8), List.of(header));
            }
            return builder.build();
        }
    }

    @Test
    void batchesOfASegmentWhileTheBrokerHasItOpen() {
        Result result = dump(log.resolve(FIRST + ".log"));
        close();

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).hasSize(2);
        assertThat(result.out().lines().toList().get(0))
                .startsWith("batch baseOffset: 0 lastOffset: 2 count: 3 position: 0 size: ")
                .contains(" leaderEpoch: 4 producerId: -1 ")
                .contains(" baseTimestamp: 1700000000000 maxTimestamp: 1700000000000 timestampType: CreateTime ")
                .endsWith(" codec: none transactional: false control: false crc: ok");
        assertThat(result.out().lines().toList().get(1))
                .contains("baseOffset: 3 lastOffset: 4 count: 2")
                .contains("leaderEpoch: 5 producerId: 77 producerEpoch: 1 baseSequence: 0")
                .contains("codec: gzip");
    }

    @Test
    void recordsAreDecompressedAndSafeToPrint() {
        close();

        Result result = dump("--records", "--json", log.resolve(FIRST + ".log"));

        List<JsonNode> records = result.json("record");
        assertThat(records).hasSize(5);
        assertThat(records.get(2).path("value").asText()).isEqualTo("\\u0007bell");
        assertThat(records.get(2).path("valueSize").asInt()).isEqualTo(5);
        assertThat(records.get(2).path("keySize").asInt()).isEqualTo(-1);
        assertThat(records.get(2).path("key").isNull()).isTrue();
        assertThat(records.get(4).path("offset").asLong()).isEqualTo(4);
        assertThat(records.get(4).path("value").asText()).isEqualTo("d");
        assertThat(records.get(4).path("headers").get(0).path("key").asText()).isEqualTo("trace");
        assertThat(dump("--records", log.resolve(FIRST + ".log")).out())
                .contains("| record offset: 0 timestamp: 1700000000000 keySize: -1 valueSize: 1 key: null value: a"
                        + " headers: [{key: trace valueSize: 2 value: t1}]");
    }

    @Test
    void allFilesOfAPartition() {
        close();

        Result result = dump("--json", log);

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.json("file"))
                .extracting(each ->
                        Path.of(each.path("path").asText()).getFileName().toString())
                .contains(FIRST + ".log", FIRST + ".index", FIRST + ".timeindex", "leader-epochs", "log-state")
                .contains("partition.metadata");
        assertThat(result.json("batch")).hasSize(4);
        assertThat(result.json("term"))
                .extracting(each -> each.path("startOffset").asText())
                .containsExactly("0", "3", "6");
        assertThat(result.json("state").get(0).path("logStartOffset").asText()).isEqualTo("0");
        assertThat(result.json("partition").get(0).path("topicId").asText()).isEqualTo(new UUID(1, 2).toString());
        assertThat(result.json("producer")).isNotEmpty().allSatisfy(each -> {
            assertThat(each.path("producerId").asLong()).isEqualTo(77);
            assertThat(each.path("batches").get(0).path("lastSequence").asInt()).isEqualTo(1);
        });
        assertThat(result.json("index")).hasSize(6).allMatch(each -> each.path("complete")
                .asBoolean());
        assertThat(result.json("row"))
                .anyMatch(each -> each.path("offset").asLong() == 3
                        && each.path("position").asLong()
                                == result.json("batch").get(0).path("size").asLong());
    }

    @Test
    void filesBesideThePartitions() {
        close();

        assertThat(dump(data.resolve("clean-shutdown")).out())
                .startsWith("log topic: clicks partition: 3 endOffset: 7 lastBaseOffset: ");
        assertThat(dump(data.resolve("running")).out()).startsWith("running bootId: ");
        assertThat(dump(data.resolve("data-directories")).out()).contains("directory path: " + data);
    }

    @Test
    void aTornTailIsReportedWithItsPosition() throws IOException {
        close();
        Path segment = log.resolve(FIRST + ".log");
        long whole = Files.size(segment);
        Files.write(segment, new byte[30], StandardOpenOption.APPEND);

        Result result = dump("--json", segment);

        assertThat(result.json("batch")).hasSize(2);
        assertDamage(result, segment, whole);
        assertThat(Files.size(segment)).as("nothing is repaired").isEqualTo(whole + 30);
    }

    @Test
    void aFlippedBitIsReportedAndTheBatchesBehindItAreStillTold() throws IOException {
        close();
        Path segment = log.resolve(FIRST + ".log");
        flip(segment, 70);

        Result result = dump("--json", "--records", segment);

        assertThat(result.json("batch"))
                .extracting(each -> each.path("crc").asText())
                .containsExactly("bad", "ok");
        assertThat(result.json("record")).hasSize(2);
        assertDamage(result, segment, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {".index", ".timeindex", ".snapshot", "leader-epochs", "log-state", "partition.metadata"})
    void damageToAnyOtherFileIsReported(String end) throws IOException {
        close();
        Path file;
        try (Stream<Path> files = Files.list(log)) {
            file = files.filter(each -> each.toString().endsWith(end))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        flip(file, Files.size(file) - 2);

        Result result = dump("--json", file);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.json("damage")).hasSize(1);
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 4;
        Files.write(file, bytes);
    }

    private static void assertDamage(Result result, Path file, long position) {
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.json("damage").get(0).path("position").asLong()).isEqualTo(position);
        assertThat(result.err().lines()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("millstream: " + file + " is damaged at byte " + position + ": "));
    }

    @Test
    void whatIsNoLogsFileIsRefusedInOneLine() throws IOException {
        close();
        Path other = Files.writeString(data.resolve("notes.txt"), "x");
        Path empty = Files.createDirectory(data.resolve("empty"));

        for (Path path : List.of(other, empty, data.resolve("missing"))) {
            Result result = dump(path);

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().lines()).singleElement().satisfies(line -> assertThat(line)
                    .startsWith("millstream: " + path + ": "));
        }
        assertThat(dump().code()).isEqualTo(2);
        assertThat(dump("--frob", other).code()).isEqualTo(2);
    }

    @Test
    void itEndsQuietlyWhenNobodyReads() {
        PartitionLog made = open.log(PARTITION).orElseThrow();
        for (int i = 0; i < 1_000; i++) {
            made.append(batch(Codec.NONE, -1, "x"), 7);
        }
        close();
        int[] writes = {0};
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                writes[0]++;
                throw new IOException("Broken pipe");
            }
        };
        StringWriter err = new StringWriter();

        int code = Millstream.run(closed, new PrintWriter(err, true), "broker", "dump-log", log.toString());

        assertThat(code).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(writes[0]).isLessThan(20);
    }
}
