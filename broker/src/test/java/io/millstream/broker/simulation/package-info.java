/**
 * Stand-ins for the outside world that a seed replays: a {@link io.millstream.broker.simulation.SimDisk} on which whole
 * brokers run. Each passes the tests that the real thing passes; otherwise a simulation would prove nothing.
 */
package io.millstream.broker.simulation;
