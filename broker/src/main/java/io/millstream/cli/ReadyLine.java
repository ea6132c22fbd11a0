package io.millstream.cli;

import io.millstream.broker.Broker;
import io.millstream.core.BrokerEndpoint;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The one line on standard output that says a server serves, and where: what scripts and tests wait for. */
final class ReadyLine {

    private static final String READY = "ready ";

    private ReadyLine() {}

    static void print(PrintWriter out, Broker broker, String zooKeeper) {
        print(out, where(List.of(broker), zooKeeper));
    }

    /** Where brokers and ZooKeeper serve, and the first broker's HTTP endpoint. */
    static String where(List<Broker> brokers, String zooKeeper) {
        String bootstrap =
                brokers.stream().map(broker -> broker.endpoint().toString()).collect(Collectors.joining(","));
        Broker first = brokers.get(0);
        String http = first.httpPort() < 0
                ? "none"
                : new BrokerEndpoint(first.endpoint().host(), first.httpPort()).toString();
        return "bootstrap=" + bootstrap + " zookeeper=" + zooKeeper + " http=" + http;
    }

    static void print(PrintWriter out, String where) {
        out.println(READY + where);
        out.flush();
    }

    /** What a ready line says, by name; empty if {@code line} is another one. */
    static Optional<Map<String, String>> parse(String line) {
        if (!line.startsWith(READY)) {
            return Optional.empty();
        }
        Map<String, String> said = new HashMap<>();
        for (String word : line.substring(READY.length()).split(" ", -1)) {
            int equals = word.indexOf('=');
            said.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return Optional.of(said);
    }
}
