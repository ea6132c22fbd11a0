package io.millstream.hadoop.ingest.document;

import java.util.List;

/**
 * A finished file of a task.
 *
 * @param name within the task's folder
 * @param kind decoded or quarantined
 * @param topic the topic's name
 * @param folder where it is to be published, relative to the target
 * @param bytes its length
 * @param crc32c CRC-32C of all its bytes, 8 hex digits
 * @param rows how many records it holds
 * @param spans which ones, by partition
 */
public record StagedFile(
        String name,
        FileKind kind,
        String topic,
        String folder,
        long bytes,
        String crc32c,
        long rows,
        List<OffsetSpan> spans) {}
