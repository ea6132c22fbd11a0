package io.millstream.broker.server;

/** Listeners that are open. */
public interface Listening extends AutoCloseable {

    /** The port that a listener got, which its {@link ServerSettings.Binding} may have left open. */
    int port(String listener);

    /** Sets other limits. Connections that are open already stay. */
    void limit(ConnectionLimits limits);

    /** Accepts no more, lets what is under way finish for a moment, and closes everything. Returns when that is done. */
    @Override
    void close();
}
