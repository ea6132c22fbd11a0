/**
 * Who leads what: the cluster's state as it stands in ZooKeeper, and the one broker that changes it.
 *
 * <p>{@link io.millstream.broker.controller.ClusterWatch} keeps an immutable
 * {@link io.millstream.broker.controller.ClusterState}; {@link io.millstream.broker.controller.Elections} and
 * {@link io.millstream.broker.controller.Topics} turn a state into a
 * {@link io.millstream.broker.controller.Decision} without any I/O;
 * {@link io.millstream.broker.controller.Controller} commits decisions, each in a multi that checks
 * {@code /controller_epoch}. Brokers are told nothing: they read the same znodes.
 *
 * <p>Watch and controller live on one loop and never block it.
 */
package io.millstream.broker.controller;
