/**
 * Connections to brokers: frames, correlation, time-outs, and the negotiation of versions. {@link
 * io.millstream.net.Connection} and {@link io.millstream.net.Connections} are what others see; behind them stands Netty,
 * and a simulator can stand there too.
 *
 * <p>A connection's work is done on its event loop; results complete there, so whoever continues must not block.
 */
package io.millstream.net;
