package io.millstream.hadoop.input;

/**
 * Marks an output format whose committer itself advances a job's input offsets, in the same decision that publishes its
 * output: {@link TopicInputFormat#commitOnSuccess} leaves them to it. It reads {@link PlannedOffsets#load}.
 */
public interface OffsetsWithOutput {}
