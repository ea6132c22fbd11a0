package io.millstream.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millstream.core.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads one message of one version. Knows which types are compact in flexible versions and where tagged fields end a
 * structure (KIP-482), so that messages need not.
 *
 * <p>Every method throws {@link WireException} when the bytes are not what it expects. Not for use by several threads.
 */
public final class Reader {

    private static final int VARINT_BYTES = 5;

    private final ByteBuf in;
    private final short version;
    private final boolean flexible;
    private final ElementBudget budget;
    private boolean tagsRead; // the structure has read its tagged fields itself

    /**
     * @param in read from its reader index on; not released here
     * @param version the message's version
     * @param flexible whether that version is flexible
     */
    public Reader(ByteBuf in, short version, boolean flexible) {
        this(in, version, flexible, new ElementBudget(Limits.RESPONSE_ELEMENTS));
    }

    private Reader(ByteBuf in, short version, boolean flexible, ElementBudget budget) {
        this.in = in;
        this.version = version;
        this.flexible = flexible;
        this.budget = budget;
    }

    /** Reads on in the same bytes, with the same budget, as another version: from a header to its body. */
    Reader as(short bodyVersion, boolean bodyFlexible) {
        return new Reader(in, bodyVersion, bodyFlexible, budget);
    }

    /** As above, with what a request may hold. */
    Reader asRequest(short bodyVersion, boolean bodyFlexible) {
        return new Reader(in, bodyVersion, bodyFlexible, new ElementBudget(Limits.REQUEST_ELEMENTS));
    }

    /** Whether the message's version is {@code first} or later. */
    public boolean since(int first) {
        return version >= first;
    }

    /** The message's version. */
    public short version() {
        return version;
    }

    public byte int8() {
        need(Byte.BYTES);
        return in.readByte();
    }

    public boolean bool() {
        return int8() != 0;
    }

    public short int16() {
        need(Short.BYTES);
        return in.readShort();
    }

    public int int32() {
        need(Integer.BYTES);
        return in.readInt();
    }

    public long int64() {
        need(Long.BYTES);
        return in.readLong();
    }

    public UUID uuid() {
        return new UUID(int64(), int64());
    }

    /** A string that may not be null. */
    public String string() {
        String text = nullableString();
        if (text == null) {
            throw malformed("a string that may not be null is null");
        }
        return text;
    }

    /** A string, or null. Well-formed UTF-8: repeated to the peer, it must have the length it came with. */
    public String nullableString() {
        int length = textLength(flexible ? compactLength() : int16());
        if (length > 0 && !ByteBufUtil.isText(in, in.readerIndex(), length, UTF_8)) {
            throw malformed("a string of " + length + " bytes is not UTF-8");
        }
        return text(length);
    }

    /**
     * The client id in a request header: a string in the plain form whatever the version. Only people read it, so other
     * encodings are forgiven.
     */
    String plainNullableString() {
        return text(textLength(int16()));
    }

    private int textLength(int length) {
        if (length == -1) {
            return length;
        }
        if (length > Short.MAX_VALUE) {
            throw malformed("a string of " + length + " bytes; at most " + Short.MAX_VALUE);
        }
        need(length);
        spend(1);
        return length;
    }

    private String text(int length) {
        return length == -1 ? null : in.readString(length, UTF_8);
    }

    /** Bytes that may not be null, copied. */
    public Opaque opaque() {
        int length = flexible ? compactLength() : int32();
        need(length);
        spend(1);
        return Opaque.read(in, length);
    }

    /** Record data as a slice of the frame, not copied and not retained; null if absent. */
    public BytesPayload nullablePayload() {
        int length = flexible ? compactLength() : int32();
        if (length == -1) {
            return null;
        }
        need(length);
        spend(1);
        return new BytesPayload(in.readSlice(length));
    }

    /** Structures, each ended by its tagged fields in flexible versions; never null. */
    public <T> List<T> structs(Function<Reader, T> body) {
        List<T> list = nullableStructs(body);
        if (list == null) {
            throw malformed("an array that may not be null is null");
        }
        return list;
    }

    /** Structures as in {@link #structs}, or null. */
    public <T> List<T> nullableStructs(Function<Reader, T> body) {
        return array(reader -> reader.struct(body));
    }

    /** One structure inside another. */
    public <T> T struct(Function<Reader, T> body) {
        T value = body.apply(this);
        tags();
        return value;
    }

    /** Primitive values, which no tagged fields follow; never null. */
    public <T> List<T> values(Function<Reader, T> element) {
        List<T> list = array(element);
        if (list == null) {
            throw malformed("an array that may not be null is null");
        }
        return list;
    }

    /** Primitive values as in {@link #values}, or null. */
    public <T> List<T> nullableValues(Function<Reader, T> element) {
        return array(element);
    }

    private <T> List<T> array(Function<Reader, T> element) {
        int count = flexible ? compactLength() : int32();
        if (count == -1) {
            return null;
        }
        need(count); // no element is shorter than a byte
        spend(1);
        spend(count);
        if (count == 0) {
            return List.of();
        }
        List<T> list = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            list.add(element.apply(this));
        }
        return Collections.unmodifiableList(list);
    }

    /**
     * A tagged field of the structure that is being read, itself a structure; the others are skipped. Last in its body.
     *
     * @param tag the field's number
     * @param absent what its absence means, as in versions that are not flexible
     */
    public <T> T taggedStruct(int tag, T absent, Function<Reader, T> body) {
        T value = absent;
        for (int left = tagCount(); left > 0; left--) {
            boolean wanted = unsignedVarint() == tag;
            int size = unsignedVarint();
            need(size);
            int end = in.readerIndex() + size;
            if (wanted) {
                value = struct(body);
                if (in.readerIndex() != end) {
                    throw malformed("a tagged field has not the size that it claims");
                }
            }
            in.readerIndex(end);
        }
        tagsRead = true;
        return value;
    }

    /** Skips the tagged fields that end a structure in flexible versions, unless it has read them itself. */
    void tags() {
        if (tagsRead) {
            tagsRead = false;
            return;
        }
        for (int left = tagCount(); left > 0; left--) {
            unsignedVarint();
            int size = unsignedVarint();
            need(size);
            in.skipBytes(size);
        }
    }

    private int tagCount() {
        if (!flexible) {
            return 0;
        }
        int count = unsignedVarint();
        need(count);
        spend(count);
        return count;
    }

    /** Ends the message. Trailing bytes mean that the peer means something else than we read. */
    public void end() {
        tags();
        if (in.isReadable()) {
            throw malformed(in.readableBytes() + " bytes follow the end of the message");
        }
    }

    private int compactLength() {
        return unsignedVarint() - 1;
    }

    private int unsignedVarint() {
        int value = 0;
        for (int i = 0; i < VARINT_BYTES; i++) {
            byte next = int8();
            value |= (next & 0x7f) << (7 * i);
            if (next >= 0) {
                if (i == VARINT_BYTES - 1 && next > 0x0f) {
                    break;
                }
                return value;
            }
        }
        throw malformed("a variable-length number does not fit 32 bits");
    }

    private void need(int bytes) {
        if (bytes < 0) {
            throw malformed("a length of " + bytes);
        }
        if (bytes > in.readableBytes()) {
            throw malformed(bytes + " bytes announced, " + in.readableBytes() + " left");
        }
    }

    private void spend(int elements) {
        if (!budget.spend(elements)) {
            throw malformed("more elements than one message may hold");
        }
    }

    private WireException malformed(String what) {
        return new WireException(what + ", at byte " + in.readerIndex());
    }
}
