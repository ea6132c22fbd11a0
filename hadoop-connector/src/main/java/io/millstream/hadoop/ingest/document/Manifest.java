package io.millstream.hadoop.ingest.document;

import java.util.List;

/**
 * What a run publishes: the one document from which publication can be finished by anybody, and the evidence afterwards.
 *
 * @param job the job's name
 * @param run the run's id
 * @param fence the driver's fencing number
 * @param time what decided a record's hour, as in {@link JobConfig#time}
 * @param topics the topics
 * @param files the files
 * @param partitions the offsets
 */
public record Manifest(
        String job,
        String run,
        int fence,
        String time,
        List<TopicTotals> topics,
        List<ManifestFile> files,
        List<PartitionTotals> partitions) {

    /** Records in data files. */
    public long delivered() {
        return partitions.stream().mapToLong(PartitionTotals::delivered).sum();
    }

    /** Records in quarantine files. */
    public long quarantined() {
        return partitions.stream().mapToLong(PartitionTotals::quarantined).sum();
    }

    /** Records without a value. */
    public long tombstones() {
        return partitions.stream().mapToLong(PartitionTotals::tombstones).sum();
    }

    /** Data files. */
    public long dataFiles() {
        return files.stream().filter(file -> file.kind() == FileKind.DATA).count();
    }
}
