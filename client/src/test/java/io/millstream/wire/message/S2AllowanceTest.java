package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.Limits;
import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.WireException;
import io.millstream.wire.Writer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** S2: requests of several MB that are well formed as far as they go, and made to cost many times their size. */
class S2AllowanceTest {

    private static final int ELEMENTS = 4_000_000;
    private static final byte[] NAMELESS = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
    private static final long HEAP_BYTES = 24L * 1024 * 1024;

    @Test
    void emptyTopicNamesAreCounted() {
        // a structure of 18 bytes: no id, an empty name, no tagged fields
        assertRefusedCheaply(ApiKey.METADATA, new byte[0], NAMELESS);
    }

    @Test
    void topicsWithoutPartitionsAreCounted() {
        // a structure of 3 bytes: an empty name, no partitions, no tagged fields
        byte[] head = {0, 0, 1, 0, 0, 0, 0};
        assertRefusedCheaply(ApiKey.PRODUCE, head, new byte[] {1, 1, 0});
    }

    @Test
    void stringsOutsideStructuresAreCounted() {
        assertRefusedCheaply(ApiKey.DELETE_TOPICS, new byte[0], new byte[] {1});
    }

    @Test
    void arraysInsideStructuresAreCountedWithThem() {
        // one topic with an empty name, then assignments of 6 bytes: a partition, no brokers, no tagged fields
        ByteBuf body = Unpooled.buffer();
        varint(body, 2);
        body.writeByte(1).writeInt(1).writeShort(1);
        varint(body, Limits.REQUEST_ELEMENTS / 2 + 1);
        byte[] assignment = {0, 0, 0, 0, 1, 0};
        byte[] bytes = Mutations.repeat(ByteBufUtil.getBytes(body), assignment, Limits.REQUEST_ELEMENTS);

        assertRefusedCheaply(ApiKey.CREATE_TOPICS, bytes);
    }

    @Test
    void tagsOfTheHeaderAreCounted() {
        ByteBuf head = Unpooled.buffer();
        varint(head, ELEMENTS);
        byte[] bytes = Mutations.repeat(ByteBufUtil.getBytes(head), new byte[] {0, 0}, ELEMENTS);

        assertRefusedCheaply(bytes, ApiKey.METADATA);
    }

    @Test
    void tagsOfTheBodyAreCounted() {
        ByteBuf head = Unpooled.buffer();
        head.writeByte(1);
        varint(head, ELEMENTS);
        byte[] bytes = Mutations.repeat(ByteBufUtil.getBytes(head), new byte[] {0, 0}, ELEMENTS);

        assertRefusedCheaply(ApiKey.DESCRIBE_CLUSTER, bytes);
    }

    @Test
    void theLargestRequestAllowedIsReadInBoundedMemory() {
        int topics = Limits.REQUEST_ELEMENTS / 2 - 1; // each is an element and a string; the array is one more
        byte[] frame = frame(ApiKey.METADATA, topics(topics));

        long allocated = Allocation.of(() -> assertThat(read(ApiKey.METADATA, frame))
                .isInstanceOfSatisfying(Metadata.Request.class, request -> assertThat(request.topics())
                        .hasSize(topics)));

        assertThat(allocated).isLessThan(HEAP_BYTES);
    }

    @Test
    void oneElementMoreIsRefusedThoughAResponseMightHoldIt() {
        assertRefusedCheaply(ApiKey.METADATA, topics(Limits.REQUEST_ELEMENTS / 2));
    }

    /** A Metadata request for so many topics with empty names. */
    private static byte[] topics(int count) {
        ByteBuf head = Unpooled.buffer();
        varint(head, count + 1);
        byte[] topics = Mutations.repeat(ByteBufUtil.getBytes(head), NAMELESS, count);
        byte[] flags = {1, 0, 0, 0};
        return Mutations.splice(topics, topics.length, 0, flags);
    }

    private static void assertRefusedCheaply(ApiKey key, byte[] head, byte[] element) {
        ByteBuf counted = Unpooled.buffer();
        counted.writeBytes(head);
        varint(counted, ELEMENTS + 1);
        assertRefusedCheaply(key, Mutations.repeat(ByteBufUtil.getBytes(counted), element, ELEMENTS));
    }

    /** @param body behind the header */
    private static void assertRefusedCheaply(ApiKey key, byte[] body) {
        assertRefusedCheaply(Mutations.splice(body, 0, 0, (byte) 0), key);
    }

    /** @param rest behind the client id */
    private static void assertRefusedCheaply(byte[] rest, ApiKey key) {
        byte[] frame = Mutations.splice(rest, 0, 0, header(key));
        long allocated = Allocation.of(() -> assertThatThrownBy(() -> read(key, frame))
                .isExactlyInstanceOf(WireException.class)
                .hasMessageContaining("more elements than one message may hold"));

        assertThat(allocated).isLessThan(HEAP_BYTES);
    }

    private static byte[] frame(ApiKey key, byte[] body) {
        return Mutations.splice(Mutations.splice(body, 0, 0, (byte) 0), 0, 0, header(key));
    }

    private static byte[] header(ApiKey key) {
        ByteBuf header = Unpooled.buffer();
        header.writeShort(key.id()).writeShort(key.max()).writeInt(1).writeShort(-1);
        return ByteBufUtil.getBytes(header);
    }

    private static Object read(ApiKey key, byte[] frame) {
        Reader in = new Reader(Unpooled.wrappedBuffer(frame), (short) 0, false);
        return ApiMessages.readRequest(key, RequestHeader.read(in).body(in, key));
    }

    private static void varint(ByteBuf out, int value) {
        new Writer(out, (short) 0, true).values(Collections.nCopies(value - 1, 0), (writer, element) -> {});
    }
}
