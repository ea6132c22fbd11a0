package io.millstream.hadoop.ingest.document;

import java.util.List;
import java.util.SortedMap;

/**
 * Everything a run has decided before it reads the first record; tasks know no more.
 *
 * @param job the job's name, and its consumer group
 * @param run the run's id
 * @param fence the driver's fencing number
 * @param to the target, a qualified URI
 * @param time what decides a record's hour: {@link JobConfig#RECORD_TIME} or the name of an Avro field
 * @param topics the topics, sorted by name
 * @param partitions their partitions, sorted
 * @param schemas writer schemas by registry id, as Avro's JSON
 */
public record IngestPlan(
        String job,
        String run,
        int fence,
        String to,
        String time,
        List<TopicPlan> topics,
        List<PartitionPlan> partitions,
        SortedMap<Integer, String> schemas) {

    /** How many offsets there are to read. */
    public long offsets() {
        return partitions.stream().mapToLong(PartitionPlan::offsets).sum();
    }
}
