package io.millstream.broker.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A broker's listeners, checked against each other by Kafka's rules. Immutable.
 *
 * @param all in the order of {@code listeners}; never empty
 * @param interBroker name of the one that other brokers, and everybody who finds brokers in ZooKeeper, connect to
 */
public record Listeners(List<Listener> all, String interBroker) {

    /** What listeners are called that say nothing else. */
    public static final String DEFAULT_NAME = SecurityProtocol.PLAINTEXT.name();

    public Listeners {
        all = List.copyOf(all);
    }

    /**
     * One listener.
     *
     * @param bind where it listens
     * @param advertised what clients of this listener are told; empty if they are told nothing, so that it serves only
     *     those who know it
     */
    public record Listener(ListenerAddress bind, Optional<ListenerAddress> advertised) {

        /** Its name, as in {@code listeners}. */
        public String name() {
            return bind.name();
        }
    }

    /** The listener that other brokers connect to; it is advertised. */
    public Listener forBrokers() {
        return all.stream()
                .filter(listener -> listener.name().equals(interBroker))
                .findFirst()
                .orElseThrow();
    }

    static Listeners of(BrokerConfig config) {
        Map<String, ListenerAddress> bound = named(config, BrokerSettings.LISTENERS);
        checkPorts(config, bound);
        checkProtocols(config, bound);
        Map<String, ListenerAddress> advertised = config.isGiven(BrokerSettings.ADVERTISED_LISTENERS)
                ? named(config, BrokerSettings.ADVERTISED_LISTENERS)
                : bound;
        if (config.isGiven(BrokerSettings.ADVERTISED_LISTENERS)) {
            checkAdvertised(config, advertised, bound);
        }
        List<Listener> all = new ArrayList<>();
        bound.forEach((name, address) -> all.add(new Listener(address, Optional.ofNullable(advertised.get(name)))));
        return new Listeners(all, interBroker(config, advertised));
    }

    private static Map<String, ListenerAddress> named(BrokerConfig config, Setting<List<ListenerAddress>> setting) {
        Map<String, ListenerAddress> named = new LinkedHashMap<>();
        for (ListenerAddress address : config.get(setting)) {
            if (named.put(address.name(), address) != null) {
                throw config.refused(setting, "listener " + address.name() + " is there twice");
            }
        }
        return named;
    }

    private static void checkPorts(BrokerConfig config, Map<String, ListenerAddress> bound) {
        Set<Integer> ports = new HashSet<>();
        for (ListenerAddress address : bound.values()) {
            if (address.port() > 0 && !ports.add(address.port())) {
                throw config.refused(
                        BrokerSettings.LISTENERS, "port " + address.port() + " is there twice: each has its own");
            }
        }
    }

    private static void checkProtocols(BrokerConfig config, Map<String, ListenerAddress> bound) {
        Map<String, SecurityProtocol> protocols = config.get(BrokerSettings.LISTENER_SECURITY_PROTOCOL_MAP);
        for (String name : bound.keySet()) {
            SecurityProtocol protocol = protocols.get(name);
            if (protocol == null) {
                throw config.refused(
                        BrokerSettings.LISTENERS,
                        "listener " + name + " is not in "
                                + BrokerSettings.LISTENER_SECURITY_PROTOCOL_MAP.name() + ", which says "
                                + config.text(BrokerSettings.LISTENER_SECURITY_PROTOCOL_MAP));
            }
            if (protocol != SecurityProtocol.PLAINTEXT) {
                throw config.refused(
                        BrokerSettings.LISTENERS,
                        "listener " + name + " has the security protocol " + protocol
                                + ", but only PLAINTEXT is possible so far");
            }
        }
    }

    private static void checkAdvertised(
            BrokerConfig config, Map<String, ListenerAddress> advertised, Map<String, ListenerAddress> bound) {
        for (ListenerAddress address : advertised.values()) {
            if (!bound.containsKey(address.name())) {
                throw config.refused(
                        BrokerSettings.ADVERTISED_LISTENERS,
                        "listener " + address.name() + " is not in " + BrokerSettings.LISTENERS.name());
            }
            if (address.wildcard() && !address.host().isEmpty()) {
                throw config.refused(
                        BrokerSettings.ADVERTISED_LISTENERS,
                        "nobody can connect to '" + address.host() + "', which stands for every interface");
            }
        }
    }

    private static String interBroker(BrokerConfig config, Map<String, ListenerAddress> advertised) {
        String given = config.get(BrokerSettings.INTER_BROKER_LISTENER_NAME);
        String name = given == null ? DEFAULT_NAME : given;
        if (advertised.containsKey(name)) {
            return name;
        }
        String objection = "listener " + name + " is not advertised; advertised are " + advertised.keySet();
        throw given == null
                ? new InvalidConfigException("Setting " + BrokerSettings.INTER_BROKER_LISTENER_NAME.name()
                        + " is missing (" + objection + "); allowed: "
                        + BrokerSettings.INTER_BROKER_LISTENER_NAME.allowed())
                : config.refused(BrokerSettings.INTER_BROKER_LISTENER_NAME, objection);
    }
}
