package io.millstream.coordination;

/**
 * {@code /coordinators}: over how many shards the cluster's groups are spread. Fixed when the first broker starts, so that
 * all agree on which group is where.
 */
public record ShardCount(int shards) {}
