package io.millstream.hadoop.ingest.document;

import java.util.List;

/**
 * What a finished task did, written beside its files.
 *
 * @param task the task's number
 * @param overBudget whether it gave up because it alone met more undecodable records than the run may have
 * @param files its files
 * @param ranges what it read
 * @param rejected the first few records that it could not decode
 */
public record TaskReport(
        int task, boolean overBudget, List<StagedFile> files, List<RangeAccount> ranges, List<Rejected> rejected) {}
