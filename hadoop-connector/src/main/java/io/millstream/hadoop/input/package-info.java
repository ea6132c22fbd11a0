/**
 * Reading topics in Hadoop jobs: planning (which offsets, cut into which splits), and tasks that read exactly those.
 *
 * <p>Planning happens once, in the driver; whatever a task needs is in its split and in the job's configuration. Tasks
 * know brokers only, never ZooKeeper.
 */
package io.millstream.hadoop.input;
