package io.millstream.broker.server.handler;

import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One incremental fetch session (KIP-227): the partitions that a reader wants, what it asked last of each and what it was
 * told last, so that either side sends only what has changed. Decides and does nothing else.
 *
 * <p>Partitions are read in an order that puts those which had records last, so that none starves where an answer has no
 * room for all. Belongs to the connection's event loop.
 */
final class FetchSession {

    /** The number of the first incremental request. */
    static final int FIRST_EPOCH = 1;

    /** What a partition costs here in bytes, its topic's name apart. */
    private static final int PARTITION_BYTES = 160;

    private final Map<Key, Cached> partitions = new LinkedHashMap<>();
    private int expected = FIRST_EPOCH;
    private long sizeInBytes;

    private record Key(String topic, int partition) {

        long sizeInBytes() {
            return PARTITION_BYTES + (long) topic.length() * Character.BYTES;
        }
    }

    private static final class Cached {

        private Fetch.Query query;
        private long highWatermark = Fetch.NO_OFFSET;
        private long logStartOffset = Fetch.NO_OFFSET;

        private Cached(Fetch.Query query) {
            this.query = query;
        }

        /** Whether the reader does not know {@code data} yet. An error is told until it is gone. */
        private boolean learns(Fetch.Data data) {
            boolean news = data.error() != ErrorCode.NONE
                    || hasRecords(data)
                    || data.preferredReplica() != Fetch.NO_REPLICA
                    || data.highWatermark() != highWatermark
                    || data.logStartOffset() != logStartOffset;
            highWatermark = data.highWatermark();
            logStartOffset = data.logStartOffset();
            return news;
        }
    }

    /** @param topics of the full request that begins the session */
    FetchSession(List<ByTopic<Fetch.Query>> topics) {
        update(topics, List.of());
    }

    /** The number that the next request must have. */
    int expectedEpoch() {
        return expected;
    }

    /** Takes a request's number. */
    void advance() {
        expected = after(expected);
    }

    /** The number after {@code epoch}; the one after the largest is the first again. */
    static int after(int epoch) {
        return epoch == Integer.MAX_VALUE ? FIRST_EPOCH : epoch + 1;
    }

    /** Takes what a request changes: partitions new or asked differently, and partitions not wanted any more. */
    void update(List<ByTopic<Fetch.Query>> changed, List<ByTopic<Integer>> forgotten) {
        for (ByTopic<Fetch.Query> topic : changed) {
            for (Fetch.Query query : topic.partitions()) {
                put(new Key(topic.topic(), query.partition()), query);
            }
        }
        for (ByTopic<Integer> topic : forgotten) {
            for (int partition : topic.partitions()) {
                remove(new Key(topic.topic(), partition));
            }
        }
    }

    private void put(Key key, Fetch.Query query) {
        Cached cached = partitions.get(key);
        if (cached == null) {
            partitions.put(key, new Cached(query));
            sizeInBytes += key.sizeInBytes();
        } else {
            cached.query = query;
        }
    }

    private void remove(Key key) {
        if (partitions.remove(key) != null) {
            sizeInBytes -= key.sizeInBytes();
        }
    }

    /** How many partitions the reader wants. */
    int size() {
        return partitions.size();
    }

    /** About what the session costs in memory. */
    long sizeInBytes() {
        return sizeInBytes;
    }

    /** All that the reader wants, in the order in which it is to be read. A topic can come more than once. */
    List<ByTopic<Fetch.Query>> queries() {
        Runs<Fetch.Query> queries = new Runs<>();
        partitions.forEach((key, cached) -> queries.add(key.topic, cached.query));
        return queries.topics();
    }

    /** Of all that was found, what the reader does not know yet; it knows it then. Takes the next order of reading. */
    List<ByTopic<Fetch.Data>> news(List<ByTopic<Fetch.Data>> found) {
        Runs<Fetch.Data> news = new Runs<>();
        List<Key> served = new ArrayList<>();
        for (ByTopic<Fetch.Data> topic : found) {
            for (Fetch.Data data : topic.partitions()) {
                Key key = new Key(topic.topic(), data.partition());
                Cached cached = partitions.get(key);
                if (cached == null || cached.learns(data)) { // what is not wanted any more was asked for all the same
                    news.add(topic.topic(), data);
                }
                if (cached != null && hasRecords(data)) {
                    served.add(key);
                }
            }
        }
        served.forEach(key -> partitions.put(key, partitions.remove(key)));
        return news.topics();
    }

    private static boolean hasRecords(Fetch.Data data) {
        return data.records() != null && data.records().sizeInBytes() > 0;
    }

    /** Puts neighbours of one topic together. */
    private static final class Runs<T> {

        private final List<ByTopic<T>> topics = new ArrayList<>();

        void add(String topic, T partition) {
            if (topics.isEmpty() || !topics.get(topics.size() - 1).topic().equals(topic)) {
                topics.add(new ByTopic<>(topic, new ArrayList<>(1)));
            }
            topics.get(topics.size() - 1).partitions().add(partition);
        }

        List<ByTopic<T>> topics() {
            return topics;
        }
    }
}
