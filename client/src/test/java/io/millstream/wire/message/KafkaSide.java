package io.millstream.wire.message;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.Schema;

/** The same kinds of messages as Kafka's own client reads and writes them. */
final class KafkaSide {

    private KafkaSide() {}

    static Schema schema(Message kind) {
        ApiMessageType type = ApiMessageType.fromApiKey(kind.key().id());
        Schema[] schemas = kind.direction() == Direction.REQUEST ? type.requestSchemas() : type.responseSchemas();
        return schemas[kind.version()];
    }

    /** Reads a body to its end. */
    static ApiMessage read(Message kind, byte[] bytes) {
        ApiMessageType type = ApiMessageType.fromApiKey(kind.key().id());
        ApiMessage message = kind.direction() == Direction.REQUEST ? type.newRequest() : type.newResponse();
        ByteBufferAccessor in = new ByteBufferAccessor(ByteBuffer.wrap(bytes));
        message.read(in, kind.version());
        if (in.remaining() != 0) {
            throw new AssertionError(in.remaining() + " bytes left over by Kafka's reader");
        }
        return message;
    }

    static byte[] write(ApiMessage message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return buffer.array();
    }
}
