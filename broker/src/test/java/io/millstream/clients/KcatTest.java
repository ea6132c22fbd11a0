package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.fixture.BrokerProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** kcat, and with it librdkafka, unmodified, against a broker in another process. */
final class KcatTest {

    @TempDir
    static Path directory;

    private static Program kcat;
    private static BrokerProcess broker;

    @BeforeAll
    static void start() {
        kcat = Program.onPath("kcat", "Debian's package kcat");
        broker = BrokerProcess.dev(directory, "--set", "group.initial.rebalance.delay.ms=0");
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private static void produce(String input, String topic, String... options) {
        kcat.feed(input, arguments(options, "-P", "-b", broker.bootstrap(), "-t", topic));
    }

    private static String consume(String topic, String... options) {
        return kcat.run(arguments(options, "-C", "-b", broker.bootstrap(), "-t", topic, "-e", "-q"));
    }

    private static String[] arguments(String[] options, String... first) {
        String[] all = new String[first.length + options.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(options, 0, all, first.length, options.length);
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void everyCodecGoesThere(String codec) {
        String lines = "compress me, compress me, compress me\n".repeat(300);

        produce(lines, "codec-" + codec, "-z", codec);

        assertThat(consume("codec-" + codec, "-o", "beginning", "-X", "check.crcs=true"))
                .isEqualTo(lines);
    }

    @Test
    void keysHeadersAndNullsStay() {
        produce("k1:v1\n:no key\nno value:\n", "parts", "-K", ":", "-Z", "-H", "a=1", "-H", "b=2", "-p", "0");

        assertThat(consume("parts", "-o", "beginning", "-f", "%o %K %k %S %s %h\n"))
                .isEqualTo("0 2 k1 2 v1 a=1,b=2\n1 -1  6 no key a=1,b=2\n2 8 no value -1  a=1,b=2\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void everyKindOfAcknowledgementIsGiven(String acks) {
        String topic = "acks-" + acks;
        produce("made\n", topic, "-p", "0"); // with acks=0 nobody would say that it has to be made first

        produce("one\ntwo\n", topic, "-X", "acks=" + acks, "-p", "0");

        assertThat(consume(topic, "-o", "beginning", "-c", "3")).isEqualTo("made\none\ntwo\n");
    }

    @Test
    void anIdempotentProducerIsAnswered() {
        produce("one\ntwo\n", "idempotent", "-X", "enable.idempotence=true", "-p", "0");
        produce("three\n", "idempotent", "-X", "enable.idempotence=true", "-p", "0");

        assertThat(consume("idempotent", "-o", "beginning")).isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void offsetsAreFoundByPlaceAndByTime() {
        produce("zero\none\ntwo\nthree\n", "places", "-p", "0");

        String[] timestamps = consume("places", "-o", "beginning", "-f", "%T\n").split("\n", -1);
        assertThat(consume("places", "-o", "2")).isEqualTo("two\nthree\n");
        assertThat(consume("places", "-o", "-1")).isEqualTo("three\n");
        assertThat(consume("places", "-o", "end")).isEmpty();
        assertThat(consume("places", "-o", "s@" + timestamps[0])).startsWith("zero\n");
        assertThat(consume("places", "-o", "s@" + (Long.parseLong(timestamps[3]) + 1)))
                .isEmpty();
        assertThat(query("places:0:0")).isEqualTo("places [0] offset 0\n");
        assertThat(query("places:0:" + timestamps[0])).isEqualTo("places [0] offset 0\n");
        assertThat(query("places:0:-2")).isEqualTo("places [0] offset 0\n");
        assertThat(query("places:0:-1")).isEqualTo("places [0] offset 4\n");
    }

    private static String query(String what) {
        return kcat.run("-Q", "-b", broker.bootstrap(), "-t", what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"range", "roundrobin", "cooperative-sticky"})
    void aGroupGoesOnWhereItCommitted(String assignor) {
        String topic = "group-" + assignor;
        produce("one\ntwo\n", topic, "-p", "0");
        assertThat(consumeAsGroup(topic, assignor)).isEqualTo("one\ntwo\n");

        produce("three\n", topic, "-p", "0");
        assertThat(consumeAsGroup(topic, assignor)).isEqualTo("three\n");
        assertThat(consumeAsGroup(topic, assignor)).isEmpty();
    }

    private static String consumeAsGroup(String topic, String assignor) {
        return kcat.run(
                "-b",
                broker.bootstrap(),
                "-G",
                "of-" + topic,
                "-X",
                "auto.offset.reset=earliest",
                "-X",
                "partition.assignment.strategy=" + assignor,
                "-e",
                "-q",
                topic);
    }

    @Test
    void metadataNamesBrokersTopicsAndLeaders() {
        produce("one\n", "listed", "-p", "0");

        assertThat(kcat.run("-L", "-b", broker.bootstrap()))
                .contains("broker 1 at " + broker.bootstrap() + " (controller)")
                .contains("topic \"listed\" with 1 partitions:\n    partition 0, leader 1, replicas: 1, isrs: 1");
        assertThat(kcat.run("-L", "-J", "-b", broker.bootstrap(), "-t", "listed"))
                .contains("\"topic\":\"listed\"");
    }

    @Test
    void aNameThatNoTopicMayHaveIsAnError() {
        Program.Ended ended = kcat.end("one\n", "-P", "-b", broker.bootstrap(), "-t", "no/topic");

        assertThat(ended.code()).isNotZero();
        assertThat(ended.errors())
                .as("the first if it was sent before the broker's word of the topic had come")
                .containsAnyOf("Broker: Invalid topic", "Local: Unknown topic");
    }
}
