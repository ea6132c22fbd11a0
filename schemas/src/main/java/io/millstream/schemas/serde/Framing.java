package io.millstream.schemas.serde;

import io.millstream.schemas.serde.UndecodableException.Reason;

/**
 * What stands before each encoded value.
 *
 * <pre>
 *   offset  bytes
 *   0       1      zero
 *   1       4      id of the schema it was written with, big-endian
 *   5       ...    the value in Avro's binary encoding
 * </pre>
 */
public final class Framing {

    /** The first byte. */
    public static final byte MAGIC = 0;

    /** Bytes before the value. */
    public static final int HEADER_BYTES = 5;

    private Framing() {}

    /**
     * The id of the schema that {@code framed} was written with.
     *
     * @param framed may be null, which is not framed
     * @throws UndecodableException if the bytes are not framed
     */
    public static int schemaId(byte[] framed) throws UndecodableException {
        if (framed == null) {
            throw new UndecodableException(Reason.NOT_AVRO, "Null, not an Avro record", null);
        }
        if (framed.length > 0 && framed[0] != MAGIC) {
            String message = "First byte is " + (framed[0] & 0xff) + ", not 0: not an Avro record with a schema id";
            throw new UndecodableException(Reason.NOT_AVRO, message, null);
        }
        if (framed.length < HEADER_BYTES) {
            String message = framed.length + " bytes, too short for a schema id";
            throw new UndecodableException(Reason.TOO_SHORT, message, null);
        }
        return (framed[1] & 0xff) << 24 | (framed[2] & 0xff) << 16 | (framed[3] & 0xff) << 8 | (framed[4] & 0xff);
    }

    /** The bytes that stand before a value written with this schema. */
    public static byte[] header(int schemaId) {
        return new byte[] {
            MAGIC, (byte) (schemaId >>> 24), (byte) (schemaId >>> 16), (byte) (schemaId >>> 8), (byte) schemaId
        };
    }
}
