package io.millstream.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What Kafka's verifiable producer and consumer print: an event per line, in JSON. */
final class VerifiableEvents {

    private static final ObjectMapper JSON = new ObjectMapper();

    private VerifiableEvents() {}

    /** A record in its place. */
    record Placed(int partition, long offset, String value) {}

    /** What a producer was told is stored, in the order it was told. */
    static List<Placed> acknowledged(String printed) {
        return placed(printed, "producer_send_success");
    }

    /** How many records a producer was told of. */
    static long acknowledgedCount(String printed) {
        return lines(printed, "producer_send_success").count();
    }

    /** How many records a consumer was given. */
    static long consumedCount(String printed) {
        return lines(printed, "record_data").count();
    }

    /** What a consumer was given, in the order it was given. */
    static List<Placed> consumed(String printed) {
        return placed(printed, "record_data");
    }

    private static List<Placed> placed(String printed, String event) {
        return named(printed, event)
                .map(line -> new Placed(
                        line.get("partition").asInt(),
                        line.get("offset").asLong(),
                        line.get("value").asText()))
                .toList();
    }

    /** How many partitions a consumer was given at each rebalance, in order. */
    static List<Integer> assignedPartitions(String printed) {
        return named(printed, "partitions_assigned")
                .map(line -> line.get("partitions").size())
                .toList();
    }

    /** Whether each of a consumer's commits went well. */
    static boolean allCommitted(String printed) {
        return named(printed, "offsets_committed")
                .allMatch(line -> line.get("success").asBoolean());
    }

    /** Whether there is an event of this name. */
    static boolean has(String printed, String event) {
        return named(printed, event).findAny().isPresent();
    }

    /** In whatever order, and each as often; there are too many to compare each with each. */
    static <T> void assertSame(Collection<T> actual, Collection<T> expected) {
        Set<T> missing = new HashSet<>(expected);
        missing.removeAll(new HashSet<>(actual));
        Set<T> surplus = new HashSet<>(actual);
        surplus.removeAll(new HashSet<>(expected));
        assertThat(missing).as("missing").isEmpty();
        assertThat(surplus).as("surplus").isEmpty();
        assertThat(actual).hasSameSizeAs(expected);
    }

    private static Stream<JsonNode> named(String printed, String event) {
        return lines(printed, event).map(VerifiableEvents::parse);
    }

    /** A last line without its end is still being written, and other lines are warnings. */
    private static Stream<String> lines(String printed, String event) {
        String mark = "\"name\":\"" + event + "\"";
        return printed.substring(0, printed.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith("{") && line.contains(mark));
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
