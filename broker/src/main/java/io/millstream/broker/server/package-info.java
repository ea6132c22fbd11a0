/**
 * The network server: connections, frames, dispatch, ordered answers. A connection belongs to one event loop, which
 * reads its frames, runs the handler and writes the answers; nothing is handed to another thread on the way.
 *
 * <p>Depends on {@code wire} and, for what it sends, on {@code broker.log}. What a request means is the business of
 * {@link io.millstream.broker.server.handler}.
 */
package io.millstream.broker.server;
