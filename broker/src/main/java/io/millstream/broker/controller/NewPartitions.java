package io.millstream.broker.controller;

import io.millstream.core.TopicName;
import java.util.List;
import java.util.Optional;

/**
 * Partitions that somebody wants for a topic that exists.
 *
 * @param topic whose
 * @param count how many it should have afterwards, those that exist included
 * @param assignments broker ids of each new partition, the preferred leader first; empty to let the controller place them
 */
public record NewPartitions(TopicName topic, int count, Optional<List<List<Integer>>> assignments) {}
