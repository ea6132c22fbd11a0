package io.millstream.schemas.serde;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;

/**
 * Decodes without knowing how many bytes are left. Where it knows, Avro 1.12 bounds a list by what its items would take in
 * the reader's schema, and not the writer's, and so refuses sound values: lists whose items were promoted, or have got fields
 * with defaults. What is decoded here has been {@linkplain PayloadCheck checked}, or was written a moment ago.
 */
final class PayloadDecoder {

    /** Reused, since each has a buffer. Not there while its thread decodes: a reader's own code may decode something else. */
    private static final ThreadLocal<BinaryDecoder> IDLE = new ThreadLocal<>();

    /** Avro asks streams of exactly the class above this one how much they have. */
    private static final class Unmeasured extends ByteArrayInputStream {
        Unmeasured(byte[] bytes, int from) {
            super(bytes, from, bytes.length - from);
        }
    }

    private PayloadDecoder() {}

    /** What {@code reader} makes of {@code bytes} from an index on. Nothing of them is kept. */
    static Object read(DatumReader<Object> reader, byte[] bytes, int from) throws IOException {
        BinaryDecoder idle = IDLE.get();
        IDLE.remove();
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new Unmeasured(bytes, from), idle);
        try {
            return reader.read(null, decoder);
        } finally {
            IDLE.set(DecoderFactory.get().binaryDecoder(InputStream.nullInputStream(), decoder));
        }
    }
}
