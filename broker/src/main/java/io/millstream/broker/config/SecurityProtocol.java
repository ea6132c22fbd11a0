package io.millstream.broker.config;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How a listener protects what goes over it; Kafka's names. Only {@link #PLAINTEXT} can be listened with so far. */
public enum SecurityProtocol {
    PLAINTEXT,
    SSL,
    SASL_PLAINTEXT,
    SASL_SSL;

    /** Each protocol under its own name, as Kafka has it by default. */
    static final String EACH_BY_ITS_NAME =
            Arrays.stream(values()).map(protocol -> protocol + ":" + protocol).collect(Collectors.joining(","));

    /**
     * Reads {@code listener.security.protocol.map}: {@code NAME:PROTOCOL,...}.
     *
     * @throws IllegalArgumentException if the text is something else; the message says where
     */
    static Map<String, SecurityProtocol> parseMap(String text) {
        Map<String, SecurityProtocol> map = new LinkedHashMap<>();
        for (String entry : text.split(",", -1)) {
            String[] words = entry.strip().split(":", -1);
            if (words.length != 2) {
                throw new IllegalArgumentException("'" + entry.strip() + "' is not NAME:PROTOCOL");
            }
            String name = ListenerAddress.checkName(words[0].strip());
            if (map.put(name, parse(words[1].strip())) != null) {
                throw new IllegalArgumentException("listener " + name + " is there twice");
            }
        }
        return Collections.unmodifiableMap(map);
    }

    private static SecurityProtocol parse(String text) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.name().equals(text.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no security protocol '" + text + "'"));
    }
}
