package io.millstream.hadoop.ingest.document;

/**
 * {@code <to>/_claims/<topic>.json}: the one job that may write this topic here.
 *
 * @param job the job's name
 * @param cluster id of the cluster that keeps the job's offsets; another cluster's job of the same name is another job
 */
public record Claim(String job, String cluster) {}
