package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.Writer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** W1: request and response headers of every version spoken, against Kafka's own. */
class W1HeadersTest {

    private static final RawTaggedField TAG = new RawTaggedField(7, new byte[] {1, 2, 3});

    static Stream<Message> kafkas() {
        return Message.kafkas();
    }

    @ParameterizedTest
    @MethodSource("kafkas")
    void headersAreKafkasByteForByteAndAreFollowedByTheBody(Message kind) throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            RandomValues random = new RandomValues(seed);
            int correlationId = random.int32();
            String clientId = random.oneIn(4) ? null : random.string();
            byte[] kafkas = header(kind, correlationId, clientId, List.of());

            ByteBuf written = write(kind, correlationId, clientId);

            assertThat(ByteBufUtil.getBytes(written)).as("seed %s", seed).isEqualTo(kafkas);
            assertThat(read(kind, written)).isEqualTo(ours(kind, correlationId, clientId));
            assertThat(written.isReadable()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("kafkas")
    void taggedFieldsOfHeadersAreSkipped(Message kind) throws Exception {
        boolean flexible = kind.direction() == Direction.REQUEST
                ? kind.key().flexible(kind.version())
                : kind.key().flexibleResponseHeader(kind.version());
        List<RawTaggedField> tags = flexible ? List.of(TAG, new RawTaggedField(70_000, new byte[200])) : List.of();
        ByteBuf header = Unpooled.wrappedBuffer(header(kind, 5, "me", tags));

        assertThat(read(kind, header)).isEqualTo(ours(kind, 5, "me"));
        assertThat(header.isReadable()).isFalse();
    }

    @Test
    void apiVersionsResponsesNeverHaveTaggedFieldsInTheHeader() {
        ByteBuf buffer = Unpooled.buffer();

        new ResponseHeader(9).write(new Writer(buffer, (short) 0, false), ApiKey.API_VERSIONS, (short) 3);

        assertThat(ByteBufUtil.hexDump(buffer)).isEqualTo("00000009");
    }

    @Test
    void anUnknownApiIsReadNoFurtherThanTheCorrelationId() {
        ByteBuf buffer = Unpooled.buffer().writeShort(9_999).writeShort(3).writeInt(42);

        assertThat(RequestHeader.read(new Reader(buffer, (short) 0, false)))
                .isEqualTo(new RequestHeader((short) 9_999, (short) 3, 42, null));
    }

    @Test
    void anUnknownVersionIsReadNoFurtherThanTheCorrelationId() {
        ByteBuf buffer = Unpooled.buffer()
                .writeShort(ApiKey.API_VERSIONS.id())
                .writeShort(127)
                .writeInt(42)
                .writeByte(0xff);

        assertThat(RequestHeader.read(new Reader(buffer, (short) 0, false)))
                .isEqualTo(new RequestHeader(ApiKey.API_VERSIONS.id(), (short) 127, 42, null));
    }

    @Test
    void aClientIdThatIsNotUtf8IsForgiven() {
        ByteBuf buffer = Unpooled.buffer()
                .writeShort(ApiKey.METADATA.id())
                .writeShort(1)
                .writeInt(1)
                .writeShort(1)
                .writeByte(0xe9);

        assertThat(RequestHeader.read(new Reader(buffer, (short) 0, false)).clientId())
                .isEqualTo("\ufffd");
    }

    private static byte[] header(Message kind, int correlationId, String clientId, List<RawTaggedField> tags) {
        ApiMessageType type = ApiMessageType.fromApiKey(kind.key().id());
        if (kind.direction() == Direction.RESPONSE) {
            ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
            header.unknownTaggedFields().addAll(tags);
            return KafkaSide.write(header, type.responseHeaderVersion(kind.version()));
        }
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(kind.key().id())
                .setRequestApiVersion(kind.version())
                .setCorrelationId(correlationId)
                .setClientId(clientId);
        header.unknownTaggedFields().addAll(tags);
        return KafkaSide.write(header, type.requestHeaderVersion(kind.version()));
    }

    private static Record ours(Message kind, int correlationId, String clientId) {
        return kind.direction() == Direction.RESPONSE
                ? new ResponseHeader(correlationId)
                : new RequestHeader(kind.key().id(), kind.version(), correlationId, clientId);
    }

    private static ByteBuf write(Message kind, int correlationId, String clientId) {
        ByteBuf buffer = Unpooled.buffer();
        Writer out = new Writer(buffer, (short) 0, false);
        if (ours(kind, correlationId, clientId) instanceof RequestHeader header) {
            header.write(out, kind.key());
        } else {
            new ResponseHeader(correlationId).write(out, kind.key(), kind.version());
        }
        return buffer;
    }

    /** Reads a header, and the tagged fields behind it. */
    private static Record read(Message kind, ByteBuf buffer) {
        Reader in = new Reader(buffer, (short) 0, false);
        if (kind.direction() == Direction.RESPONSE) {
            return ResponseHeader.read(in, kind.key(), kind.version());
        }
        RequestHeader header = RequestHeader.read(in);
        header.body(in, kind.key());
        return header;
    }
}
