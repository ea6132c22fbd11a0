package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One kind of message in one version, as this software reads and writes it. */
record Message(ApiKey key, short version, Direction direction) {

    /** Everything that is spoken: derived from the table, so that no API can be forgotten. */
    static Stream<Message> all() {
        return Arrays.stream(ApiKey.values()).flatMap(Message::of);
    }

    /** All but the private API, which nobody else knows. */
    static Stream<Message> kafkas() {
        return all().filter(message -> message.key != ApiKey.DESCRIBE_RANGES);
    }

    /** The API's name as its class has it. */
    static String api(ApiKey key) {
        return Arrays.stream(key.name().split("_", -1))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    private static Stream<Message> of(ApiKey key) {
        return IntStream.rangeClosed(key.min(), key.max()).boxed().flatMap(version -> Arrays.stream(Direction.values())
                .map(direction -> new Message(key, version.shortValue(), direction)));
    }

    /** Reads a body without its header. Payloads are slices of {@code frame}. */
    Record read(ByteBuf frame) {
        Reader in = new Reader(frame, version, key.flexible(version));
        return (Record) (isRequest() ? ApiMessages.readRequest(key, in) : ApiMessages.readResponse(key, in));
    }

    private boolean isRequest() {
        return direction == Direction.REQUEST;
    }

    /** Reads a body whose payloads may be written again, any number of times. */
    Record read(byte[] bytes) {
        return read(Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes)));
    }

    /** Writes a body without its header, payloads in their places. */
    byte[] write(Record body) {
        ByteBuf buffer = Unpooled.buffer();
        Writer out = new Writer(buffer, version, key.flexible(version));
        if (isRequest()) {
            ((RequestBody) body).write(out);
        } else {
            ((ResponseBody) body).write(out);
        }
        out.end();
        return assemble(buffer, out);
    }

    /** What would go over the network: the bytes written, with each payload in its place. */
    static byte[] assemble(ByteBuf buffer, Writer out) {
        ByteBuf whole = Unpooled.buffer();
        for (Writer.Placed placed : out.payloads()) {
            whole.writeBytes(buffer, placed.at() - buffer.readerIndex());
            ReferenceCounted payload = placed.payload().outbound();
            whole.writeBytes(((ByteBuf) payload).duplicate());
            ReferenceCountUtil.release(payload);
        }
        whole.writeBytes(buffer);
        return ByteBufUtil.getBytes(whole);
    }
}
