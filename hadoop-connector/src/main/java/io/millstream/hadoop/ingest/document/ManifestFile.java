package io.millstream.hadoop.ingest.document;

import java.util.List;

/**
 * A file of a committed run.
 *
 * @param staged where it was written, relative to the target
 * @param published where it belongs, relative to the target
 * @param kind decoded or quarantined
 * @param topic the topic's name
 * @param bytes its length
 * @param crc32c CRC-32C of all its bytes, 8 hex digits
 * @param rows how many records it holds
 * @param spans which ones, by partition
 */
public record ManifestFile(
        String staged,
        String published,
        FileKind kind,
        String topic,
        long bytes,
        String crc32c,
        long rows,
        List<OffsetSpan> spans) {}
