package io.millstream.record;

import io.netty.buffer.ByteBuf;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A batch's records, decompressed as they are read, through a window that grows with the bytes that came and never with
 * a length that was claimed. Flaws are {@link IOException}s; the iterator names the batch. Not for use by several threads.
 */
final class RecordInput implements Closeable {

    private static final int LARGEST_FIRST_WINDOW = 64 * 1024;
    private static final int SMALLEST_FIRST_WINDOW = 512;

    private static final int SHORT_BYTES = 3;
    private static final int COUNT_SHIFT = 24;
    private static final int NUMBER_MASK = (1 << COUNT_SHIFT) - 1;
    private static final int NOT_SHORT = 0;

    /** The numbers and the attributes up to the key: so much can be looked at without asking whether it is there. */
    private static final int PLAIN_BYTES = 4 * SHORT_BYTES + 1;

    private final InputStream source; // null: the window has everything
    private final int allowance;
    private long taken;

    private byte[] window;
    private int position;
    private int filled;
    private int recordEnd;

    private int plainTimestampDelta;
    private int plainOffsetDelta;

    private RecordInput(InputStream source, int allowance, byte[] window, int position, int filled) {
        this.source = source;
        this.allowance = allowance;
        this.window = window;
        this.position = position;
        this.filled = filled;
    }

    /**
     * @param body read from its reader index on, while this is open; not released here
     * @param allowance bytes that a compressed body may expand to
     */
    static RecordInput open(Codec codec, ByteBuf body, int allowance) throws IOException {
        int size = body.readableBytes();
        if (codec == Codec.NONE && body.hasArray()) {
            int from = body.arrayOffset() + body.readerIndex();
            return new RecordInput(null, 0, body.array(), from, from + size);
        }
        if (size == 0) {
            return new RecordInput(null, 0, new byte[0], 0, 0);
        }
        int limit = codec == Codec.NONE ? size : allowance;
        int window = Math.max(SMALLEST_FIRST_WINDOW, (int) Math.min(LARGEST_FIRST_WINDOW, 4L * size));
        return new RecordInput(Compression.decompress(codec, body), limit, new byte[window], 0, 0);
    }

    /** Over records that lie in memory already, from {@code from} up to {@code to}, exclusive. */
    static RecordInput of(byte[] bytes, int from, int to) {
        return new RecordInput(null, 0, bytes, from, to);
    }

    /**
     * Reads the next record whole if it is plain, as nearly all are: in the window, without headers, its numbers short. Much quicker
     * than field by field.
     *
     * @param into gets key, value and what they lie in
     * @return whether it was plain; if not, perhaps since it has a flaw, nothing is read and the methods below tell what it is
     */
    boolean plain(RecordSlice into) {
        byte[] bytes = window;
        int at = position;
        if (filled - at < PLAIN_BYTES) {
            return false;
        }
        int number = shortNumber(bytes, at);
        at += number >>> COUNT_SHIFT;
        int end = at + Varint.unzigzag(number & NUMBER_MASK);
        if (number == NOT_SHORT || end > filled) {
            return false;
        }
        at++; // attributes: none are defined
        int timestamp = shortNumber(bytes, at);
        at += timestamp >>> COUNT_SHIFT;
        int offset = shortNumber(bytes, at);
        at += offset >>> COUNT_SHIFT;
        int key = shortNumber(bytes, at);
        at += key >>> COUNT_SHIFT;
        int keyAt = at;
        int keyLength = Varint.unzigzag(key & NUMBER_MASK);
        at += Math.max(0, keyLength);
        if (timestamp == NOT_SHORT || offset == NOT_SHORT || key == NOT_SHORT || keyLength < -1 || at > end - 2) {
            return false;
        }
        int value = end - at >= SHORT_BYTES ? shortNumber(bytes, at) : bytes[at] | (1 << COUNT_SHIFT);
        at += value >>> COUNT_SHIFT;
        int valueLength = Varint.unzigzag(value & NUMBER_MASK);
        if (value <= NOT_SHORT || valueLength < -1 || at + Math.max(0, valueLength) != end - 1 || bytes[end - 1] != 0) {
            return false;
        }
        into.key(keyAt, keyLength);
        into.value(at, valueLength);
        into.rest(bytes, List.of());
        plainTimestampDelta = Varint.unzigzag(timestamp & NUMBER_MASK);
        plainOffsetDelta = Varint.unzigzag(offset & NUMBER_MASK);
        position = end;
        recordEnd = end;
        return true;
    }

    /** A number of up to three bytes, before zigzag, and above it of how many; {@link #NOT_SHORT} if it has more. */
    private static int shortNumber(byte[] bytes, int at) {
        int first = bytes[at];
        if (first >= 0) {
            return first | (1 << COUNT_SHIFT);
        }
        int second = bytes[at + 1];
        if (second >= 0) {
            return (first & 0x7f) | (second << 7) | (2 << COUNT_SHIFT);
        }
        int third = bytes[at + 2];
        return third >= 0 ? (first & 0x7f) | ((second & 0x7f) << 7) | (third << 14) | (3 << COUNT_SHIFT) : NOT_SHORT;
    }

    /** Of the last {@link #plain} record, in ms. */
    int plainTimestampDelta() {
        return plainTimestampDelta;
    }

    /** Of the last {@link #plain} record. */
    int plainOffsetDelta() {
        return plainOffsetDelta;
    }

    /** Enters the next record: from here on, the methods below read inside it. */
    void enterRecord() throws IOException {
        recordEnd = Integer.MAX_VALUE;
        int raw = 0;
        for (int shift = 0; ; shift += 7) {
            if (position == filled && !fill()) {
                throw new EOFException("the records end early");
            }
            byte next = window[position++];
            raw |= (next & 0x7f) << shift;
            if (next >= 0) {
                rejectOverflow(next, shift, 28, 0x0f);
                break;
            }
            rejectOverflow(next, shift, 28, -1);
        }
        int length = Varint.unzigzag(raw);
        if (length < 0) {
            throw new IOException("a record has a length of " + length);
        }
        while (filled - position < length) {
            if (!fill()) {
                throw new EOFException("a record of " + length + " bytes has only " + (filled - position));
            }
        }
        recordEnd = position + length;
    }

    /** Leaves the record; every byte of it must have been read. */
    void leaveRecord() throws IOException {
        if (position != recordEnd) {
            throw new IOException((recordEnd - position) + " bytes follow a record's headers");
        }
    }

    /** Whether no byte follows. */
    boolean exhausted() throws IOException {
        return position == filled && !fill();
    }

    /** Bytes of the current record not yet read. */
    int left() {
        return recordEnd - position;
    }

    byte int8() throws IOException {
        if (position == recordEnd) {
            throw new EOFException("a record's fields go beyond its length");
        }
        return window[position++];
    }

    int varint() throws IOException {
        if (position < recordEnd && window[position] >= 0) { // nearly all are one byte
            return Varint.unzigzag(window[position++]);
        }
        int raw = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = int8();
            raw |= (next & 0x7f) << shift;
            if (next >= 0) {
                rejectOverflow(next, shift, 28, 0x0f);
                return Varint.unzigzag(raw);
            }
            rejectOverflow(next, shift, 28, -1);
        }
    }

    long varlong() throws IOException {
        if (position < recordEnd && window[position] >= 0) {
            return Varint.unzigzag((long) window[position++]);
        }
        long raw = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = int8();
            raw |= (next & 0x7fL) << shift;
            if (next >= 0) {
                rejectOverflow(next, shift, 63, 0x01);
                return Varint.unzigzag(raw);
            }
            rejectOverflow(next, shift, 63, -1);
        }
    }

    /** The byte at {@code lastShift} is the last that may come, and may have the bits up to {@code largest} only. */
    private static void rejectOverflow(byte next, int shift, int lastShift, int largest) throws IOException {
        if (shift == lastShift && (next < 0 || next > largest)) {
            throw new IOException("a variable-length number is too long");
        }
    }

    /** Bytes preceded by their length; null for a length of -1. */
    byte[] nullableBytes() throws IOException {
        int length = nullableLength();
        if (length == -1) {
            return null;
        }
        byte[] copy = Arrays.copyOfRange(window, position, position + length);
        position += length;
        return copy;
    }

    /** The length of bytes that follow and are all there; -1 for null. */
    int nullableLength() throws IOException {
        int length = varint();
        if (length != -1) {
            need(length);
        }
        return length;
    }

    /** Goes on behind bytes of which {@link #nullableLength} told. */
    void skip(int length) {
        position += Math.max(0, length);
    }

    /** Where in {@link #array} the next byte is. */
    int position() {
        return position;
    }

    /** What the current record lies in, whole; good until the next one is entered. */
    byte[] array() {
        return window;
    }

    /** UTF-8 preceded by its length in bytes. */
    String text() throws IOException {
        int length = varint();
        need(length);
        String text = new String(window, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }

    private void need(int length) throws IOException {
        if (length < 0 || length > left()) {
            throw new IOException("a field of " + length + " bytes in a record that has " + left() + " left");
        }
    }

    /** Gets more bytes from the source; false at its end. */
    private boolean fill() throws IOException {
        if (source == null) {
            return false;
        }
        if (filled == window.length) {
            makeRoom();
        }
        int count = source.read(window, filled, window.length - filled);
        if (count == 0) {
            throw new IOException("the compressed data gives no progress");
        }
        if (count < 0) {
            return false;
        }
        filled += count;
        taken += count;
        if (taken > allowance) {
            throw new IOException("the records expand beyond the limit of " + allowance + " bytes");
        }
        return true;
    }

    private void makeRoom() {
        int unread = filled - position;
        byte[] target = unread > window.length / 2 ? new byte[doubled(window.length)] : window;
        System.arraycopy(window, position, target, 0, unread);
        window = target;
        position = 0;
        filled = unread;
    }

    private static int doubled(int length) {
        return (int) Math.min(2L * length, Integer.MAX_VALUE - 8);
    }

    @Override
    public void close() throws IOException {
        if (source != null) {
            source.close();
        }
    }
}
