package io.millstream.wire;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The shape of half the APIs: a topic, and something for each of its partitions.
 *
 * @param topic the name as the peer wrote it; not checked
 * @param partitions in the order of the wire; null where the API allows it
 */
public record ByTopic<T>(String topic, List<T> partitions) {

    /** Reads one topic with its partitions, each a structure. For {@link Reader#structs}. */
    public static <T> Function<Reader, ByTopic<T>> reader(Function<Reader, T> partition) {
        return in -> new ByTopic<>(in.string(), in.structs(partition));
    }

    /** Writes one topic with its partitions. For {@link Writer#structs}. */
    public static <T> BiConsumer<Writer, ByTopic<T>> writer(BiConsumer<Writer, T> partition) {
        return (out, topic) -> {
            out.string(topic.topic());
            out.structs(topic.partitions(), partition);
        };
    }

    /** Reads one topic with the bare numbers of partitions. For {@link Reader#structs}. */
    public static ByTopic<Integer> readNumbers(Reader in) {
        return new ByTopic<>(in.string(), in.values(Reader::int32));
    }

    /** Writes one topic with the bare numbers of partitions. For {@link Writer#structs}. */
    public static void writeNumbers(Writer out, ByTopic<Integer> topic) {
        out.string(topic.topic());
        out.values(topic.partitions(), Writer::int32);
    }
}
