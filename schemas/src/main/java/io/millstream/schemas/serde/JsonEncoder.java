package io.millstream.schemas.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * JSON texts as framed values ({@link Framing}) of one schema, of whatever type: it is the one given, and not what a value
 * says of itself, which a value of a union, a map or a logical type does not. Not for use by several threads.
 */
public final class JsonEncoder {

    private final JsonReader json;
    private final GenericDatumWriter<Object> writer;
    private final IntSupplier id;
    private byte[] header;

    /**
     * @param id of {@code schema}: asked for once, when the first value has been read, so that nobody registers a schema for
     *     a text that is none of its values
     */
    public JsonEncoder(Schema schema, IntSupplier id) {
        this.json = new JsonReader(schema);
        this.writer = new GenericDatumWriter<>(schema, GenericModel.of(false));
        this.id = id;
    }

    /**
     * Encodes one value. Never null, not for JSON's null either: what a record without a value says is another thing.
     *
     * @param text in UTF-8
     * @throws JsonMismatchException if it is not UTF-8, not JSON, or not a value of the schema
     */
    public byte[] encode(byte[] text) throws JsonMismatchException {
        Object value = json.read(decoded(text));
        if (header == null) {
            header = Framing.header(id.getAsInt());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(header.length + text.length);
        out.writeBytes(header);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            writer.write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // bytes in memory have no such trouble
        }
        return out.toByteArray();
    }

    private static String decoded(byte[] text) throws JsonMismatchException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(text);
        CharBuffer out = CharBuffer.allocate(text.length); // a byte is a character at most
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new JsonMismatchException("not UTF-8 at byte " + (in.position() + 1));
        }
        return out.flip().toString();
    }
}
