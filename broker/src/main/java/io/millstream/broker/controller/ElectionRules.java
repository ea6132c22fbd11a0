package io.millstream.broker.controller;

import io.millstream.core.TopicName;

/**
 * What a topic's settings say about who may lead.
 *
 * @param minInSync {@code min.insync.replicas}
 * @param unclean {@code unclean.leader.election.enable}: whether a replica that is not in sync may lead rather than nobody
 */
public record ElectionRules(int minInSync, boolean unclean) {

    /** These, where so many replicas can be in sync at most; more than there are would be in the way for ever. */
    ElectionRules among(int replicas) {
        return new ElectionRules(Math.min(minInSync, replicas), unclean);
    }

    /** Gives each topic its rules. Pure. */
    @FunctionalInterface
    public interface Source {
        ElectionRules of(ClusterState cluster, TopicName topic);
    }
}
