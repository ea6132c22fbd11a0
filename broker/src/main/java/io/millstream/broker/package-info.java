/**
 * The broker put together: {@link io.millstream.broker.Broker} starts and stops the parts,
 * {@link io.millstream.broker.Roles} lets it play the part that ZooKeeper says.
 */
package io.millstream.broker;
