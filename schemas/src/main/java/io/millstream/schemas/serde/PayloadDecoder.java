package io.millstream.schemas.serde;

import java.io.ByteArrayInputStream;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Decoders that do not know how many bytes are left. Where it knows, Avro 1.12 bounds a list by what its items would take in
 * the reader's schema, and not the writer's, and so refuses sound values: lists whose items were promoted, or have got fields
 * with defaults. What is decoded here has been {@linkplain PayloadCheck checked}, or was written a moment ago.
 */
final class PayloadDecoder {

    /** Reused, since each has a buffer. Nothing decodes while it decodes. */
    private static final ThreadLocal<BinaryDecoder> REUSED = new ThreadLocal<>();

    /** Avro asks streams of exactly the class above this one how much they have. */
    private static final class Unmeasured extends ByteArrayInputStream {
        Unmeasured(byte[] bytes, int from) {
            super(bytes, from, bytes.length - from);
        }
    }

    private PayloadDecoder() {}

    /** A decoder of {@code bytes} from an index on, for this thread until it asks for the next one. */
    static BinaryDecoder of(byte[] bytes, int from) {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new Unmeasured(bytes, from), REUSED.get());
        REUSED.set(decoder);
        return decoder;
    }
}
