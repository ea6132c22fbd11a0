package io.millstream.schemas;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** What Avro itself makes of two schemas. */
final class AvroReads {

    private static final int VALUES = 48;

    private AvroReads() {}

    /** What Avro's checker says: COMPATIBLE, INCOMPATIBLE, or that it throws. */
    static String checker(Schema reader, Schema writer) {
        try {
            return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                    .getType()
                    .name();
        } catch (AvroRuntimeException e) {
            return "throws";
        }
    }

    /** Writes values that cover {@code writer}'s schema, and reads them: what failed first, if something did. */
    static Optional<String> failure(Schema reader, Schema writer, Random random) {
        CoveringValues values = new CoveringValues(writer, random);
        if (!values.isInhabited(writer)) {
            return Optional.empty();
        }
        for (int i = 0; i < VALUES; i++) {
            Object value = values.next(writer);
            byte[] bytes = write(writer, value);
            try {
                // What was read must be a value of the reader's schema, too.
                write(reader, read(reader, writer, bytes));
            } catch (RuntimeException | StackOverflowError e) {
                return Optional.of(value + ": " + e);
            }
        }
        return Optional.empty();
    }

    static Object read(Schema reader, Schema writer, byte[] bytes) {
        // Where it knows how many bytes are left, Avro 1.12 bounds lists by what their items would take in the reader's
        // schema, not the writer's, and then refuses what is sound: lists whose items were promoted or got new fields.
        InputStream in = new BufferedInputStream(new ByteArrayInputStream(bytes));
        try {
            return new GenericDatumReader<>(writer, reader)
                    .read(null, DecoderFactory.get().binaryDecoder(in, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] write(Schema schema, Object value) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<>(schema).write(value, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
