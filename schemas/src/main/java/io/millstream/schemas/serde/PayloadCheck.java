package io.millstream.schemas.serde;

import io.millstream.schemas.serde.UndecodableException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Walks over an encoded value and finds whether it is one of its schema, before Avro's decoder sees it. That one allocates
 * by lengths that the bytes claim (CVE-2023-39410) and recurses as deep as they say (AVRO-4302), in some releases more than
 * in others; it skips blocks by a size that need not be that of the items it reads; and it takes text that is not UTF-8,
 * which readers of the files it ends up in do not. Bytes that pass here hold exactly what they claim.
 *
 * <p>Keeps nothing: allocates only for text that is not ASCII.
 */
final class PayloadCheck {

    /** How deep records, lists and maps may be nested in a value. */
    static final int MAX_DEPTH = 256;

    // A value without bytes of its own (null, an empty record) costs nothing to claim, so all are counted. Of ordinary
    // data hardly more than three come to a byte.
    private static final int VALUES_PER_BYTE = 16;
    private static final int VALUES_FREE = 100_000;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    private final byte[] bytes;
    private int at;
    private int depth;
    private long valuesLeft;

    private PayloadCheck(byte[] bytes, int offset) {
        this.bytes = bytes;
        at = offset;
        valuesLeft = VALUES_FREE + (long) VALUES_PER_BYTE * (bytes.length - offset);
    }

    /** Checks that {@code bytes} from {@code offset} to their end are one value of {@code schema}. */
    static void check(byte[] bytes, int offset, Schema schema) throws UndecodableException {
        PayloadCheck check = new PayloadCheck(bytes, offset);
        check.value(schema);
        if (check.at < bytes.length) {
            String message = (bytes.length - check.at) + " bytes are left after the value's end at byte " + check.at;
            throw new UndecodableException(Reason.TRAILING_BYTES, message, null);
        }
    }

    private void value(Schema schema) throws UndecodableException {
        if (--valuesLeft < 0) {
            throw limit("has far more values than bytes");
        }
        switch (schema.getType()) {
            case NULL -> {}
            case BOOLEAN -> bool();
            case INT -> int32();
            case LONG -> int64();
            case FLOAT -> skip(4);
            case DOUBLE -> skip(8);
            case FIXED -> skip(schema.getFixedSize());
            case BYTES -> skip(int64());
            case STRING -> text();
            case ENUM -> index(schema.getEnumSymbols().size());
            case UNION -> {
                List<Schema> branches = schema.getTypes();
                value(branches.get(index(branches.size())));
            }
            case RECORD -> record(schema);
            case ARRAY -> blocks(schema.getElementType(), false);
            case MAP -> blocks(schema.getValueType(), true);
        }
    }

    private void record(Schema schema) throws UndecodableException {
        enter();
        List<Schema.Field> fields = schema.getFields();
        for (int i = 0; i < fields.size(); i++) {
            value(fields.get(i).schema());
        }
        depth--;
    }

    private void blocks(Schema items, boolean keyed) throws UndecodableException {
        enter();
        for (long count = int64(); count != 0; count = int64()) {
            long blockEnd = -1;
            if (count < 0) {
                // A negative count is followed by the block's size in bytes.
                count = -count;
                long size = int64();
                requireLeft(size);
                blockEnd = at + size;
            }
            if (count < 0 || count > valuesLeft) {
                throw limit("claims " + count + " items");
            }
            for (long i = 0; i < count; i++) {
                if (keyed) {
                    text();
                }
                value(items);
            }
            if (blockEnd >= 0 && at != blockEnd) {
                throw corrupt("a block ends elsewhere than it says");
            }
        }
        depth--;
    }

    private void enter() throws UndecodableException {
        if (++depth > MAX_DEPTH) {
            throw limit("is nested more than " + MAX_DEPTH + " deep");
        }
    }

    private void bool() throws UndecodableException {
        requireLeft(1);
        if ((bytes[at++] & ~1) != 0) {
            throw corrupt("neither false nor true");
        }
    }

    private int index(int size) throws UndecodableException {
        int index = int32();
        if (index < 0 || index >= size) {
            throw corrupt("index " + index + " of " + size);
        }
        return index;
    }

    private int int32() throws UndecodableException {
        int start = at;
        long value = int64();
        if ((int) value != value || at - start > 5) {
            throw corrupt("not a number of 32 bits");
        }
        return (int) value;
    }

    /** A zigzag variable-length number. */
    private long int64() throws UndecodableException {
        if (at < bytes.length && bytes[at] >= 0) {
            long single = bytes[at++];
            return single >>> 1 ^ -(single & 1);
        }
        return longInt64();
    }

    private long longInt64() throws UndecodableException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            requireLeft(1);
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                if (shift == 63 && b > 1) {
                    break;
                }
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw corrupt("not a number of 64 bits");
    }

    private void text() throws UndecodableException {
        long length = int64();
        requireLeft(length);
        int end = at + (int) length;
        int i = at;
        while (i <= end - Long.BYTES && ((long) LONGS.get(bytes, i) & NOT_ASCII) == 0) {
            i += Long.BYTES;
        }
        while (i < end && bytes[i] >= 0) {
            i++;
        }
        if (i < end) {
            requireUtf8(i, end);
        }
        at = end;
    }

    private void requireUtf8(int from, int to) throws UndecodableException {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
        } catch (CharacterCodingException e) {
            throw new UndecodableException(Reason.CORRUPT, "Text at byte " + at + " is not UTF-8", e);
        }
    }

    private void skip(long length) throws UndecodableException {
        requireLeft(length);
        at += (int) length;
    }

    private void requireLeft(long length) throws UndecodableException {
        if (length < 0 || length > bytes.length - at) {
            throw corrupt(length + " bytes claimed, " + (bytes.length - at) + " left");
        }
    }

    private UndecodableException corrupt(String what) {
        return new UndecodableException(Reason.CORRUPT, "At byte " + at + ": " + what, null);
    }

    private UndecodableException limit(String what) {
        return new UndecodableException(Reason.LIMIT_EXCEEDED, "At byte " + at + ": the value " + what, null);
    }
}
