package io.millstream.hadoop.output;

/**
 * What a task's staged file looks like. Numbers are big-endian.
 *
 * <pre>
 *  0 magic int32 "MSOF" | 4 version int32 | 8 frames, one after the other; the last one is an END, and nothing follows it
 *
 *  frame      kind int8 | length int32, of the body | body | crc32c int32, of every byte of the file before it
 *  PARTITION  topic id 2 * int64 | partition int32 | the topic's name      numbered from 0 in this order
 *  BATCH      number of its partition int32 | records int32 | a record batch without a producer's numbers
 *  END        batches int64 | records int64
 * </pre>
 *
 * Each checksum counts in what is before it, so that a frame that is lost, changed or moved is found at the latest behind it.
 */
final class StagedForm {

    static final int MAGIC = 0x4d534f46; // "MSOF"
    static final int VERSION = 1;

    static final byte PARTITION = 1;
    static final byte BATCH = 2;
    static final byte END = 3;

    /** Larger than any body that is written. */
    static final int MAX_BODY_BYTES = 256 << 20;

    static final int PARTITION_FIXED_BYTES = 2 * Long.BYTES + Integer.BYTES;
    static final int BATCH_FIXED_BYTES = 2 * Integer.BYTES;
    static final int END_BYTES = 2 * Long.BYTES;

    private StagedForm() {}
}
