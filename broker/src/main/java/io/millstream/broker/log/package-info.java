/**
 * Storage: one partition's records as batches in segment files, with what is needed to find them again and to survive
 * any stop. Knows nothing of the network or of ZooKeeper.
 *
 * <p>{@link io.millstream.broker.log.LogDirectories} holds the data directories, each a
 * {@link io.millstream.broker.log.LogDirectory} of {@link io.millstream.broker.log.PartitionLog}s. A log changes under
 * its one short lock and is read through the immutable {@link io.millstream.broker.log.LogView} that it publishes.
 * {@link io.millstream.broker.log.Disk} is the only door to files; what can take long (flushing, deleting, recovery) runs
 * on the directory's worker.
 *
 * <pre>
 * data directory/
 *   .lock                        held by the one broker that uses the directory
 *   running                      boot id of the machine when the directory was opened; called failed once the disk has failed
 *   clean-shutdown               where each log ended, written last; deleted before the first append
 *   topic-partition/
 *     partition.metadata         topic, topic id
 *     log-state                  log start offset, recovery point, below which offset compaction may have left gaps
 *     compaction                 where the part that is not yet compacted begins; if missing, compaction starts over
 *     leader-epochs              first offset of each leader's term
 *     00000000000000000000.log   record batches v2 as they came over the wire; named by the first offset
 *     00000000000000000000.index, .timeindex, .snapshot    caches: rebuilt if missing or damaged
 * </pre>
 */
package io.millstream.broker.log;
