package io.millstream.broker.server.handler;

import io.millstream.wire.ByTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** The shape of most answers: one result for each partition of the request, in the request's order. */
final class PerPartition {

    private PerPartition() {}

    /** @param one from a topic's name and a question to its answer */
    static <T, R> List<ByTopic<R>> answer(List<ByTopic<T>> topics, BiFunction<String, T, R> one) {
        List<ByTopic<R>> answers = new ArrayList<>(topics.size());
        for (ByTopic<T> topic : topics) {
            List<R> results = new ArrayList<>(topic.partitions().size());
            for (T question : topic.partitions()) {
                results.add(one.apply(topic.topic(), question));
            }
            answers.add(new ByTopic<>(topic.topic(), results));
        }
        return answers;
    }
}
