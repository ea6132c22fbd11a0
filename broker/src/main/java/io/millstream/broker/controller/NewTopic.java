package io.millstream.broker.controller;

import java.util.List;
import java.util.SortedMap;
import java.util.UUID;

/**
 * A topic that somebody wants.
 *
 * @param name not checked yet
 * @param id the id it will have: chosen beforehand, so that a creation of unknown outcome is recognised
 * @param partitions how many; ignored with an assignment
 * @param replicationFactor replicas of each; ignored with an assignment
 * @param assignment partition to broker ids, the preferred leader first; empty to let the controller place replicas
 * @param config Kafka's topic keys to their values, checked
 */
public record NewTopic(
        String name,
        UUID id,
        int partitions,
        int replicationFactor,
        SortedMap<Integer, List<Integer>> assignment,
        SortedMap<String, String> config) {}
