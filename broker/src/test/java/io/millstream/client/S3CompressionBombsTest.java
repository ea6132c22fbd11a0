package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.ZstdOutputStream;
import io.millstream.broker.Broker;
import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.server.NoLeaks;
import io.millstream.broker.server.RawClient;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xerial.snappy.SnappyOutputStream;

/**
 * S3: batches with a good header and checksum around a body that expands without end, or is no stream at all. The broker stores
 * and sends them as they came, for it never looks inside; its compaction, and whoever reads, stop at them with an error that says
 * where, in bounded memory, and lose nothing else.
 */
@Timeout(180)
@ExtendWith(NoLeaks.class)
final class S3CompressionBombsTest {

    /** Many times the batch, in pieces of zeroes. The exact limit is {@code S3DecompressionTest}'s matter. */
    private static final int BOMB_PIECES = 40;

    private static final byte[] PIECE = new byte[1 << 20];

    /** The varint of a record that claims to be 2 GiB - 1 long. */
    private static final byte[] ENDLESS_RECORD = {-2, -1, -1, -1, 15};

    private static final int CRC = 17;
    private static final int CRC_FROM = 21;
    private static final int LENGTH = 8;

    /** What is wrong inside. */
    enum Damage {
        BOMB,
        NOISE,
        CUT,
        EMPTY
    }

    @TempDir
    private static Path folder;

    private static EmbeddedZooKeeper zooKeeper;
    private static Broker broker;
    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException {
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), 0);
        broker = Broker.start(BrokerConfig.of(Map.of(
                "zookeeper.connect", zooKeeper.connectString(),
                "log.dirs", folder.resolve("data").toString(),
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "http.port", "-1",
                "num.network.threads", "1",
                "log.cleaner.backoff.ms", "20",
                "message.max.bytes", "10000000")));
        cluster = Cluster.bootstrap(List.of(broker.endpoint()), ClientSettings.defaults("test"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
        broker.close();
        zooKeeper.close();
    }

    static Stream<Arguments> cases() {
        return Stream.of(Codec.GZIP, Codec.SNAPPY, Codec.LZ4, Codec.ZSTD)
                .flatMap(codec -> Stream.of(Damage.values()).map(damage -> Arguments.of(codec, damage)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatCannotBeDecompressedCostsOnlyItselfAndIsNamed(Codec codec, Damage damage) throws IOException {
        // given: two good batches, the bad one, and a good one
        TopicPartition partition = topic(codec, damage);
        byte[] bad = damaged(codec, damage);
        assertThat(bad.length).isLessThan(BOMB_PIECES * PIECE.length / 15);
        produce(partition, batch(codec, "k0", "0"), batch(codec, "k1", "1"), bad, batch(codec, "k3", "3"));
        TopicPartition neighbour = topic("neighbour-of-" + partition.topic());
        for (int i = 0; i < 30; i++) {
            produce(neighbour, batch(codec, "k", i + "x".repeat(100)));
        }

        // then compaction goes on where nothing is wrong
        await().atMost(Duration.ofSeconds(60)).until(() -> count(neighbour) < 30);

        // and what was before the bad one can be read; it is an error that says where
        try (RangeReader reader = RangeReader.open(cluster, partition, 0, 4, ReadSettings.defaults())) {
            List<String> values = new ArrayList<>();
            assertThatThrownBy(() -> reader.forEachRemaining(
                            record -> values.add(new String(record.value(), StandardCharsets.UTF_8))))
                    .isInstanceOfSatisfying(CorruptDataException.class, e -> assertThat(e.offset())
                            .isEqualTo(2))
                    .hasMessageContaining(partition.toString())
                    .hasMessageContaining("offset 2");
            assertThat(values).containsExactly("0", "1");
        }

        // and what is behind it can be read, so that one may go on there
        try (RangeReader reader = RangeReader.open(cluster, partition, 3, 4, ReadSettings.defaults())) {
            assertThat(new String(reader.next().value(), StandardCharsets.UTF_8))
                    .isEqualTo("3");
            assertThat(reader.hasNext()).isFalse();
        }
    }

    private static TopicPartition topic(Codec codec, Damage damage) {
        return topic((codec + "-" + damage).toLowerCase(java.util.Locale.ROOT));
    }

    private static TopicPartition topic(String name) {
        Map<String, String> settings = Map.of(
                "cleanup.policy", "compact",
                "segment.bytes", "1024",
                "min.cleanable.dirty.ratio", "0.01",
                "max.compaction.lag.ms", "200");
        new Admin(cluster).createTopic(new TopicName(name), 1, 1, new TreeMap<>(settings));
        return new TopicPartition(new TopicName(name), 0);
    }

    private static int count(TopicPartition partition) {
        int count = 0;
        try (RangeReader reader = RangeReader.open(cluster, partition, 0, 30, ReadSettings.defaults())) {
            while (reader.hasNext()) {
                reader.next();
                count++;
            }
        }
        return count;
    }

    /** By hand: no client would send this. All are accepted. */
    private static void produce(TopicPartition partition, byte[]... batches) {
        try (RawClient client = RawClient.connect(broker.endpoint().port())) {
            for (byte[] batch : batches) {
                Produce.Data data = new Produce.Data(0, new BytesPayload(Unpooled.wrappedBuffer(batch)));
                Produce.Request request = new Produce.Request(
                        null,
                        Produce.ACKS_ALL,
                        30_000,
                        List.of(new ByTopic<>(partition.topic().value(), List.of(data))));
                Produce.Response response = client.ask(request, Produce.Response.class);
                assertThat(response.topics().get(0).partitions().get(0).error()).isEqualTo(ErrorCode.NONE);
            }
        }
    }

    private static byte[] batch(Codec codec, String key, String value) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(codec, UnpooledByteBufAllocator.DEFAULT)) {
            builder.append(
                    System.currentTimeMillis(),
                    key.getBytes(StandardCharsets.UTF_8),
                    value.getBytes(StandardCharsets.UTF_8),
                    List.of());
            ByteBuf batch = builder.build();
            byte[] bytes = ByteBufUtil.getBytes(batch);
            batch.release();
            return bytes;
        }
    }

    private static byte[] damaged(Codec codec, Damage damage) throws IOException {
        byte[] good = batch(codec, "k", "2".repeat(500));
        byte[] body = java.util.Arrays.copyOfRange(good, RecordBatch.HEADER_BYTES, good.length);
        return switch (damage) {
            case BOMB -> around(good, bomb(codec));
            case NOISE -> {
                new Random(7).nextBytes(body);
                yield around(good, body);
            }
            case CUT -> around(good, java.util.Arrays.copyOf(body, body.length / 2));
            case EMPTY -> around(good, new byte[0]);
        };
    }

    private static byte[] bomb(Codec codec) throws IOException {
        ByteBuf body = Unpooled.buffer();
        try (OutputStream out = compressed(codec, new ByteBufOutputStream(body))) {
            out.write(ENDLESS_RECORD);
            for (int i = 0; i < BOMB_PIECES; i++) {
                out.write(PIECE);
            }
        }
        return ByteBufUtil.getBytes(body);
    }

    private static OutputStream compressed(Codec codec, OutputStream out) throws IOException {
        return switch (codec) {
            case GZIP -> new GZIPOutputStream(out);
            case SNAPPY -> new SnappyOutputStream(out);
            case LZ4 -> new LZ4FrameOutputStream(out, LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB);
            case ZSTD -> new ZstdOutputStream(out);
            case NONE -> out;
        };
    }

    /** The header of a good batch, with length and checksum for another body. */
    private static byte[] around(byte[] good, byte[] body) {
        ByteBuf whole = Unpooled.buffer();
        whole.writeBytes(good, 0, RecordBatch.HEADER_BYTES).writeBytes(body);
        whole.setInt(LENGTH, whole.readableBytes() - RecordBatch.LENGTH_OVERHEAD);
        byte[] bytes = ByteBufUtil.getBytes(whole);
        CRC32C crc = new CRC32C();
        crc.update(bytes, CRC_FROM, bytes.length - CRC_FROM);
        Unpooled.wrappedBuffer(bytes).setInt(CRC, (int) crc.getValue());
        return bytes;
    }
}
