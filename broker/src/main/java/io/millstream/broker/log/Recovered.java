package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.List;

/**
 * A log as {@link Recovery} found or left it.
 *
 * @param directory the log's own
 * @param journal what the log knows of itself
 * @param segments by base offset, at least one; the last is to be appended to
 * @param state log start and recovery point, as on disk
 * @param endOffset after the last record
 * @param flushedOffset what is below is on disk
 * @param lineage up to the end
 * @param ledger up to the end
 * @param snapshots that are there
 */
record Recovered(
        Path directory,
        PartitionMetadata metadata,
        LogJournal journal,
        List<Segment> segments,
        LogState state,
        long endOffset,
        long flushedOffset,
        EpochLineage lineage,
        ProducerLedger ledger,
        ProducerSnapshots snapshots) {}
