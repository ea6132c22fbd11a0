package io.millstream.broker.controller;

import io.millstream.core.TopicName;

/**
 * What a topic's settings say about who may lead.
 *
 * @param minInSync {@code min.insync.replicas}
 * @param unclean {@code unclean.leader.election.enable}: whether a replica that is not in sync may lead rather than nobody
 */
public record ElectionRules(int minInSync, boolean unclean) {

    /** Gives each topic its rules. Pure. */
    @FunctionalInterface
    public interface Source {
        ElectionRules of(ClusterState cluster, TopicName topic);
    }
}
