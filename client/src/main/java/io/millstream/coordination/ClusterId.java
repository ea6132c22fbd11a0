package io.millstream.coordination;

/**
 * {@code /cluster/id}: written once, by the first broker of a new cluster.
 *
 * @param id what clients see as the cluster's id
 */
public record ClusterId(String id) {}
