package io.millstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * Writes one message of one version; the mirror of {@link Reader}. Payloads are not copied: {@link #payloads} says where
 * they go between the bytes written.
 *
 * <p>Not for use by several threads.
 */
public final class Writer {

    /**
     * A payload's place. Empty ones have one too: whoever sends the message owns and releases every payload placed.
     *
     * @param at the writer index at which the payload's bytes belong; several payloads may share one, in their order
     */
    public record Placed(int at, Payload payload) {}

    /** So many characters surely fit a string, at 3 bytes each. */
    private static final int MESSAGE_CHARS = 10_000;

    private final ByteBuf out;
    private final short version;
    private final boolean flexible;
    private final List<Placed> payloads;
    private boolean tagsWritten; // the structure has written its tagged fields itself

    /**
     * @param out grows as needed; not released here
     * @param version the message's version
     * @param flexible whether that version is flexible
     */
    public Writer(ByteBuf out, short version, boolean flexible) {
        this(out, version, flexible, new ArrayList<>(2));
    }

    private Writer(ByteBuf out, short version, boolean flexible, List<Placed> payloads) {
        this.out = out;
        this.version = version;
        this.flexible = flexible;
        this.payloads = payloads;
    }

    /** Writes on into the same buffer as another version: from a header to its body. */
    Writer as(short bodyVersion, boolean bodyFlexible) {
        return new Writer(out, bodyVersion, bodyFlexible, payloads);
    }

    /** Whether the message's version is {@code first} or later. */
    public boolean since(int first) {
        return version >= first;
    }

    /** The message's version. */
    public short version() {
        return version;
    }

    /** Payloads met so far, in order. */
    public List<Placed> payloads() {
        return payloads;
    }

    public void int8(int value) {
        out.writeByte(value);
    }

    public void bool(boolean value) {
        out.writeByte(value ? 1 : 0);
    }

    public void int16(int value) {
        out.writeShort(value);
    }

    public void int32(int value) {
        out.writeInt(value);
    }

    public void int64(long value) {
        out.writeLong(value);
    }

    public void uuid(UUID value) {
        out.writeLong(value.getMostSignificantBits());
        out.writeLong(value.getLeastSignificantBits());
    }

    /** A string that is not null. */
    public void string(String text) {
        int length = ByteBufUtil.utf8Bytes(text);
        if (length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("A string of " + length + " bytes; at most " + Short.MAX_VALUE);
        }
        if (flexible) {
            unsignedVarint(length + 1);
        } else {
            out.writeShort(length);
        }
        ByteBufUtil.writeUtf8(out, text);
    }

    /** A string, or null. */
    public void nullableString(String text) {
        if (text != null) {
            string(text);
        } else if (flexible) {
            unsignedVarint(0);
        } else {
            out.writeShort(-1);
        }
    }

    /**
     * An explanation for people, or null. One too long for a string is cut: it may repeat what a peer sent, and must not
     * keep the answer from being sent.
     */
    public void nullableMessage(String text) {
        boolean cut = text != null && ByteBufUtil.utf8Bytes(text) > Short.MAX_VALUE;
        nullableString(cut ? text.substring(0, MESSAGE_CHARS) : text);
    }

    /** A string in the plain form whatever the version: the client id in a request header. */
    void plainNullableString(String text) {
        as(version, false).nullableString(text);
    }

    /** Bytes that are not null. */
    public void opaque(Opaque bytes) {
        length(bytes.size());
        bytes.write(out);
    }

    /** Record data, or null. Only its length is written here; the bytes are left to whoever sends the message. */
    public void nullablePayload(Payload payload) {
        if (payload == null) {
            length(-1);
            return;
        }
        length(payload.sizeInBytes());
        payloads.add(new Placed(out.writerIndex(), payload));
    }

    /** Structures, each ended by its (empty) tagged fields in flexible versions; never null. */
    public <T> void structs(List<T> list, BiConsumer<Writer, T> body) {
        nullableStructs(Objects.requireNonNull(list, "An array that may not be null"), body);
    }

    /** Structures as in {@link #structs}, or null. */
    public <T> void nullableStructs(List<T> list, BiConsumer<Writer, T> body) {
        nullableValues(list, (writer, element) -> writer.struct(element, body));
    }

    /** One structure inside another. */
    public <T> void struct(T value, BiConsumer<Writer, T> body) {
        body.accept(this, value);
        tags();
    }

    /** Primitive values, which no tagged fields follow; never null. */
    public <T> void values(List<T> list, BiConsumer<Writer, T> element) {
        nullableValues(Objects.requireNonNull(list, "An array that may not be null"), element);
    }

    /** Primitive values as in {@link #values}, or null. */
    public <T> void nullableValues(List<T> list, BiConsumer<Writer, T> element) {
        if (list == null) {
            length(-1);
            return;
        }
        length(list.size());
        for (T value : list) {
            element.accept(this, value);
        }
    }

    /**
     * The only tagged field of the structure that is being written, itself a structure without payloads. Last in its body;
     * nothing in versions that are not flexible.
     *
     * @param tag the field's number
     * @param absent what need not be said
     */
    public <T> void taggedStruct(int tag, T value, T absent, BiConsumer<Writer, T> body) {
        if (!flexible || value.equals(absent)) {
            return;
        }
        ByteBuf field = out.alloc().buffer();
        try {
            new Writer(field, version, true).struct(value, body);
            unsignedVarint(1);
            unsignedVarint(tag);
            unsignedVarint(field.readableBytes());
            out.writeBytes(field);
        } finally {
            field.release();
        }
        tagsWritten = true;
    }

    /** The end of a structure: in flexible versions, no tagged fields, unless it has written some. */
    void tags() {
        if (tagsWritten) {
            tagsWritten = false;
            return;
        }
        if (flexible) {
            unsignedVarint(0);
        }
    }

    /** Ends the message. */
    public void end() {
        tags();
    }

    private void length(int length) {
        if (flexible) {
            unsignedVarint(length + 1);
        } else {
            out.writeInt(length);
        }
    }

    private void unsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
