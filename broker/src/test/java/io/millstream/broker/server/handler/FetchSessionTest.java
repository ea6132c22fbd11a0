package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A session against a reader that takes part in it as KIP-227 says, and against what full fetches would have told it. */
final class FetchSessionTest {

    private static final int RUNS = 300;
    private static final int STEPS = 60;

    private record Id(String topic, int partition) {}

    /** What a fetch tells of a partition apart from its records. */
    private record Told(ErrorCode error, long highWatermark, long logStartOffset) {}

    /** A partition that a test moves. */
    private static final class Source {

        private ErrorCode error = ErrorCode.NONE;
        private long start;
        private long end;

        /** Found by a reader at {@code offset}: all records to the end if {@code room}. */
        Fetch.Data fetch(int partition, long offset, boolean room) {
            if (error != ErrorCode.NONE) {
                return Fetch.Data.failed(partition, error);
            }
            int bytes = room && offset < end ? (int) (end - offset) : 0;
            BytesPayload records =
                    bytes == 0 ? BytesPayload.EMPTY : new BytesPayload(Unpooled.wrappedBuffer(new byte[bytes]));
            return new Fetch.Data(partition, ErrorCode.NONE, end, end, start, null, Fetch.NO_REPLICA, records);
        }
    }

    /** The reader's side: what it wants, where it is, what it said last, what it knows. */
    private static final class Reader {

        private final Map<Id, Long> positions = new HashMap<>();
        private final Map<Id, Long> said = new HashMap<>();
        private final Map<Id, Told> knows = new HashMap<>();

        List<ByTopic<Fetch.Query>> changes() {
            List<ByTopic<Fetch.Query>> changes = new ArrayList<>();
            positions.forEach((id, offset) -> {
                if (!offset.equals(said.put(id, offset))) {
                    changes.add(
                            new ByTopic<>(id.topic, List.of(Fetch.Query.consumer(id.partition, -1, offset, 1 << 20))));
                }
            });
            return changes;
        }

        List<ByTopic<Integer>> forgotten() {
            List<Id> gone = said.keySet().stream()
                    .filter(id -> !positions.containsKey(id))
                    .toList();
            gone.forEach(id -> {
                said.remove(id);
                knows.remove(id);
            });
            return gone.stream()
                    .map(id -> new ByTopic<>(id.topic, List.of(id.partition)))
                    .toList();
        }

        void learn(List<ByTopic<Fetch.Data>> news) {
            for (ByTopic<Fetch.Data> topic : news) {
                for (Fetch.Data data : topic.partitions()) {
                    Id id = new Id(topic.topic(), data.partition());
                    knows.put(id, new Told(data.error(), data.highWatermark(), data.logStartOffset()));
                    positions.computeIfPresent(
                            id, (same, offset) -> offset + data.recordBytes().readableBytes());
                }
            }
        }
    }

    private final Map<Id, Source> sources =
            new TreeMap<>(Comparator.comparing(Id::topic).thenComparing(Id::partition));

    private Source source(Id id) {
        return sources.computeIfAbsent(id, fresh -> new Source());
    }

    private List<ByTopic<Fetch.Data>> read(List<ByTopic<Fetch.Query>> queries, int room) {
        int[] left = {room};
        return PerPartition.answer(queries, (topic, query) -> {
            Fetch.Data data =
                    source(new Id(topic, query.partition())).fetch(query.partition(), query.offset(), left[0] > 0);
            left[0] -= data.recordBytes().readableBytes();
            return data;
        });
    }

    @Test
    void theReaderAlwaysKnowsWhatFullFetchesWouldTellAndIsToldNothingTwice() {
        for (int run = 0; run < RUNS; run++) {
            long seed = Long.getLong("millstream.seed", System.nanoTime());
            Random random = new Random(seed);
            sources.clear();
            Reader reader = new Reader();
            reader.positions.put(new Id("a", 0), 0L);
            FetchSession session = new FetchSession(reader.changes());
            reader.learn(session.news(read(session.queries(), 1)));
            for (int step = 0; step < STEPS; step++) {
                change(random, reader);
                session.update(reader.changes(), reader.forgotten());
                List<ByTopic<Fetch.Data>> found = read(session.queries(), random.nextInt(3));
                Map<Id, Told> before = new HashMap<>(reader.knows);
                List<ByTopic<Fetch.Data>> news = session.news(found);
                reader.learn(news);
                check(seed, reader, before, news);
            }
        }
    }

    private void change(Random random, Reader reader) {
        for (int i = random.nextInt(4); i > 0; i--) {
            Id id = new Id(random.nextBoolean() ? "a" : "b", random.nextInt(4));
            Source source = source(id);
            switch (random.nextInt(6)) {
                case 0 -> reader.positions.putIfAbsent(id, source.start);
                case 1 -> reader.positions.remove(id);
                case 2 -> source.end += 1 + random.nextInt(3);
                case 3 -> source.start = source.end;
                case 4 -> reader.positions.computeIfPresent(id, (same, offset) -> source.end);
                default -> source.error = random.nextBoolean() ? ErrorCode.NONE : ErrorCode.NOT_LEADER_OR_FOLLOWER;
            }
        }
    }

    private void check(long seed, Reader reader, Map<Id, Told> before, List<ByTopic<Fetch.Data>> news) {
        Map<Id, Told> full = new HashMap<>();
        reader.positions.forEach((id, offset) -> {
            Fetch.Data data = source(id).fetch(id.partition, offset, false);
            full.put(id, new Told(data.error(), data.highWatermark(), data.logStartOffset()));
        });
        assertThat(reader.knows).as("-Dmillstream.seed=" + seed).isEqualTo(full);
        for (ByTopic<Fetch.Data> topic : news) {
            assertThat(topic.partitions()).as("-Dmillstream.seed=" + seed).allSatisfy(data -> {
                Id id = new Id(topic.topic(), data.partition());
                assertThat(reader.positions).containsKey(id);
                boolean same = full.get(id).equals(before.get(id)) && data.error() == ErrorCode.NONE;
                assertThat(same && data.recordBytes().readableBytes() == 0).isFalse();
            });
        }
    }

    @Test
    void nobodyStarvesWhereThereIsRoomForOnePartitionOnly() {
        // given partitions that always have records
        Reader reader = new Reader();
        for (int i = 0; i < 10; i++) {
            reader.positions.put(new Id(i % 2 == 0 ? "even" : "odd", i), 0L);
        }
        FetchSession session = new FetchSession(reader.changes());
        Map<Id, Integer> served = new HashMap<>();

        // when
        for (int round = 0; round < 30; round++) {
            reader.positions.keySet().forEach(id -> source(id).end += 100);
            session.update(reader.changes(), reader.forgotten());
            List<ByTopic<Fetch.Data>> news = session.news(read(session.queries(), 1));
            news.forEach(topic -> topic.partitions().stream()
                    .filter(data -> data.recordBytes().isReadable())
                    .forEach(data -> served.merge(new Id(topic.topic(), data.partition()), 1, Integer::sum)));
            reader.learn(news);
        }

        // then
        assertThat(served).hasSize(10);
        assertThat(served.values()).containsOnly(3);
    }

    @Test
    void numbersBeginAnewAfterTheLargest() {
        FetchSession session = new FetchSession(List.of());

        assertThat(session.expectedEpoch()).isEqualTo(1);
        session.advance();
        assertThat(session.expectedEpoch()).isEqualTo(2);
        assertThat(FetchSession.after(Integer.MAX_VALUE)).isEqualTo(1);
    }
}
