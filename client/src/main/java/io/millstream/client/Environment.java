package io.millstream.client;

import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;

/**
 * The doors through which a client reaches the world. A {@link Cluster} owns those it was made with and closes loop and
 * connections when it is closed.
 *
 * @param loop on which the client decides; never blocked
 */
public record Environment(Clock clock, Entropy entropy, Loop loop, Connections connections) {

    /** This machine's clock and randomness, one thread to decide and one for the network, both daemons. */
    public static Environment system(ConnectionSettings settings) {
        return new Environment(
                Clock.system(), Entropy.system(), new ThreadLoop("millstream-client"), Connections.tcp(settings));
    }
}
