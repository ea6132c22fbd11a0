package io.millstream.schemas.serde;

import java.util.HexFormat;

/** The beginning of bytes that could not be decoded, for a message, and what they look like. Pure. */
final class FirstBytes {

    private static final int SHOWN = 12;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private FirstBytes() {}

    /** As a clause without a full stop. */
    static String describe(byte[] bytes) {
        if (bytes == null || bytes.length == 0) {
            return "it has no bytes: a producer that did not use Avro";
        }
        int shown = Math.min(SHOWN, bytes.length);
        String hex = HEX.formatHex(bytes, 0, shown) + (shown < bytes.length ? " ..." : "");
        return "it begins with " + hex + ": " + likely(bytes);
    }

    private static String likely(byte[] bytes) {
        if (bytes[0] == Framing.MAGIC) {
            return framed(bytes);
        } else if (startsWith(bytes, 'O', 'b', 'j', 1)) {
            return "an Avro file, not one record";
        } else if (startsWith(bytes, 0xc3, 0x01)) {
            return "Avro's single-object encoding, which has a fingerprint in place of an id";
        } else if (isText(bytes)) {
            return bytes[0] == '{' || bytes[0] == '[' ? "JSON, by the look of it" : "text, by the look of it";
        }
        return "written by something else than an Avro serializer with a registry";
    }

    private static String framed(byte[] bytes) {
        if (bytes.length == Integer.BYTES || (bytes.length == Long.BYTES && bytes[1] == 0 && bytes[2] == 0)) {
            return "perhaps a plain number of " + bytes.length + " bytes";
        }
        return "Avro with a schema id, of another registry or damaged on its way";
    }

    private static boolean startsWith(byte[] bytes, int... wanted) {
        for (int i = 0; i < wanted.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xff) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isText(byte[] bytes) {
        for (int i = 0; i < Math.min(SHOWN, bytes.length); i++) {
            if (bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t') {
                return false;
            }
        }
        return true;
    }
}
