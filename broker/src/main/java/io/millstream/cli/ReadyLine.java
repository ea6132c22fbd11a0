package io.millstream.cli;

import io.millstream.broker.Broker;
import io.millstream.core.BrokerEndpoint;
import java.io.PrintWriter;

/** The one line on standard output that says a server serves, and where: what scripts and tests wait for. */
final class ReadyLine {

    private ReadyLine() {}

    static void print(PrintWriter out, Broker broker, String zooKeeper) {
        String http = broker.httpPort() < 0
                ? "none"
                : new BrokerEndpoint(broker.endpoint().host(), broker.httpPort()).toString();
        print(out, "bootstrap=" + broker.endpoint() + " zookeeper=" + zooKeeper + " http=" + http);
    }

    static void print(PrintWriter out, String where) {
        out.println("ready " + where);
        out.flush();
    }
}
