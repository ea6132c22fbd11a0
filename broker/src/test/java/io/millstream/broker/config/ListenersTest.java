package io.millstream.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ListenersTest {

    private static final String TWO = "INTERNAL://10.0.0.1:9092,EXTERNAL://:9093";
    private static final String BOTH_PLAIN = "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT";

    private static Listeners listeners(String... given) {
        Map<String, String> all = new HashMap<>(Map.of("zookeeper.connect", "localhost:2181", "log.dirs", "/data"));
        for (int i = 0; i < given.length; i += 2) {
            all.put(given[i], given[i + 1]);
        }
        return BrokerConfig.of(all).listeners();
    }

    @Test
    void withoutAWordThereIsOneOnEveryInterface() {
        // when
        Listeners listeners = listeners();

        // then
        ListenerAddress address = new ListenerAddress("PLAINTEXT", "", 9092);
        assertThat(listeners.all()).containsExactly(new Listeners.Listener(address, Optional.of(address)));
        assertThat(listeners.interBroker()).isEqualTo("PLAINTEXT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAINTEXT://:9092", "PLAINTEXT://0.0.0.0:9092", "PLAINTEXT://[::]:9092"})
    void everyInterfaceIsAWildcard(String text) {
        ListenerAddress bind = listeners("listeners", text).forBrokers().bind();

        assertThat(bind.wildcard()).isTrue();
        assertThat(bind.port()).isEqualTo(9092);
    }

    @Test
    void eachListenerHasItsOwnAddresses() {
        // when
        Listeners listeners = listeners(
                "listeners",
                TWO,
                "advertised.listeners",
                "EXTERNAL://broker1.example:19093, INTERNAL://10.0.0.1:9092",
                "listener.security.protocol.map",
                BOTH_PLAIN,
                "inter.broker.listener.name",
                "INTERNAL");

        // then
        assertThat(listeners.all())
                .containsExactly(
                        new Listeners.Listener(
                                new ListenerAddress("INTERNAL", "10.0.0.1", 9092),
                                Optional.of(new ListenerAddress("INTERNAL", "10.0.0.1", 9092))),
                        new Listeners.Listener(
                                new ListenerAddress("EXTERNAL", "", 9093),
                                Optional.of(new ListenerAddress("EXTERNAL", "broker1.example", 19093))));
        assertThat(listeners.forBrokers().name()).isEqualTo("INTERNAL");
    }

    @Test
    void aListenerThatIsNotAdvertisedTellsItsClientsNothing() {
        Listeners listeners = listeners(
                "listeners",
                "PLAINTEXT://10.0.0.1:9092,ADMIN://127.0.0.1:9099",
                "advertised.listeners",
                "PLAINTEXT://10.0.0.1:9092",
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,ADMIN:PLAINTEXT");

        assertThat(listeners.all().get(1).advertised()).isEmpty();
    }

    @Test
    void namesAreComparedWithoutCase() {
        Listeners listeners = listeners(
                "listeners",
                "internal://10.0.0.1:9092",
                "advertised.listeners",
                "Internal://10.0.0.1:9092",
                "listener.security.protocol.map",
                "INTERNAL:plaintext",
                "inter.broker.listener.name",
                "internal");

        assertThat(listeners.interBroker()).isEqualTo("INTERNAL");
    }

    @Test
    void anEmptyHostMayBeAdvertisedAndIsThisMachine() {
        assertThat(listeners("advertised.listeners", "PLAINTEXT://:19092")
                        .forBrokers()
                        .advertised())
                .contains(new ListenerAddress("PLAINTEXT", "", 19092));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PLAINTEXT://a:1,PLAINTEXT://b:2 | listener PLAINTEXT is there twice",
                "PLAINTEXT://a:9092,SSL://b:9092 | port 9092 is there twice",
                "PLAINTEXT://a:9092,SSL://b:9093 | security protocol SSL, but only PLAINTEXT is possible so far",
                "SASL_PLAINTEXT://a:9092 | security protocol SASL_PLAINTEXT, but only PLAINTEXT",
                "SASL_SSL://a:9092 | security protocol SASL_SSL, but only PLAINTEXT",
                "CLIENTS://a:9092 | listener CLIENTS is not in listener.security.protocol.map",
                "a:9092 | 'a:9092' is not NAME://HOST:PORT",
                "PLAINTEXT://a | 'a' is not HOST:PORT",
                "PLAINTEXT://a:65536 | Port 65536",
                "PLAIN TEXT://a:1 | 'PLAIN TEXT' cannot be a listener's name",
                "://a:1 | '' cannot be a listener's name"
            })
    void whatCannotBeListenedWithIsRefusedByKey(String text, String why) {
        assertThatThrownBy(() -> listeners("listeners", text))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("listeners=" + text + " is not allowed")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PLAINTEXT://0.0.0.0:9092 | every interface",
                "PLAINTEXT://[::]:9092 | every interface",
                "EXTERNAL://a:9092 | listener EXTERNAL is not in listeners",
                "PLAINTEXT://a:1,PLAINTEXT://b:2 | listener PLAINTEXT is there twice"
            })
    void whatCannotBeAdvertisedIsRefusedByKey(String text, String why) {
        assertThatThrownBy(() -> listeners("advertised.listeners", text))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("advertised.listeners=" + text + " is not allowed")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PLAINTEXT | 'PLAINTEXT' is not NAME:PROTOCOL",
                "PLAINTEXT:TLS | there is no security protocol 'TLS'",
                "A:PLAINTEXT,A:SSL | listener A is there twice"
            })
    void aMapThatIsNoneIsRefusedByKey(String text, String why) {
        assertThatThrownBy(() -> listeners("listener.security.protocol.map", text))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith("listener.security.protocol.map=" + text + " is not allowed")
                .hasMessageContaining(why);
    }

    @Test
    void brokersMustHaveAnAdvertisedListenerForEachOther() {
        assertThatThrownBy(() -> listeners("listeners", TWO, "listener.security.protocol.map", BOTH_PLAIN))
                .hasMessageStartingWith("Setting inter.broker.listener.name is missing")
                .hasMessageContaining("[INTERNAL, EXTERNAL]");
        assertThatThrownBy(() -> listeners("inter.broker.listener.name", "OTHER"))
                .hasMessageStartingWith("inter.broker.listener.name=OTHER is not allowed")
                .hasMessageContaining("listener OTHER is not advertised");
    }
}
