package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Write;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Committed offsets in a real ZooKeeper. */
class GroupStartTest {

    private static final TopicPartition FIRST = new TopicPartition("clicks", 0);
    private static final TopicPartition SECOND = new TopicPartition("clicks", 1);
    private static final SortedSet<TopicPartition> BOTH = new TreeSet<>(List.of(FIRST, SECOND));
    private static final UUID TOPIC_ID = new UUID(1, 2);

    @TempDir
    private static Path folder;

    private static EmbeddedZooKeeper server;
    private static Coordination zooKeeper;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedZooKeeper.start(folder, 0);
        zooKeeper = connect(server.connectString());
        Coordination.await(zooKeeper.ensurePath(Paths.TOPICS));
        byte[] topic = Document.write(new TopicAssignment(TOPIC_ID, new TreeMap<>(Map.of(0, List.of(1)))));
        Coordination.await(zooKeeper.commit(new Write.Create(Paths.topic(FIRST.topic()), topic)));
    }

    @AfterAll
    static void stop() {
        zooKeeper.close();
        server.close();
    }

    @Test
    void a_group_begins_where_it_committed_and_says_nothing_of_other_partitions() throws IOException {
        commit("some", FIRST, TOPIC_ID);

        assertThat(starts("some")).containsExactly(Map.entry(FIRST, 42L));
        assertThat(starts("never seen")).isEmpty();
    }

    @Test
    void an_offset_of_an_earlier_topic_of_the_same_name_is_refused() {
        commit("old", SECOND, new UUID(3, 4));

        assertThatThrownBy(() -> starts("old"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Group old")
                .hasMessageContaining("42 of clicks-1")
                .hasMessageContaining("earlier topic");
    }

    @Test
    void an_offset_that_a_tool_wrote_without_metadata_is_taken() throws IOException {
        String path = Paths.offset("tool", FIRST);
        Coordination.await(zooKeeper.ensurePath(path));
        Coordination.await(zooKeeper.commit(new Write.Update(path, "7".getBytes(StandardCharsets.UTF_8), 0)));

        assertThat(starts("tool")).containsExactly(Map.entry(FIRST, 7L));
    }

    @Test
    void what_is_not_an_offset_is_refused_with_its_path() {
        Coordination.await(zooKeeper.ensurePath(Paths.offset("broken", FIRST)));

        assertThatThrownBy(() -> starts("broken"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("/consumers/broken/offsets/clicks/0");
    }

    @Test
    void offsets_that_a_publication_writes_since_they_were_asked_for_are_not_taken() {
        commit("overtaken", FIRST, TOPIC_ID);
        Coordination.await(zooKeeper.ensurePath(Paths.OUTPUT));
        AtomicBoolean decided = new AtomicBoolean();
        Runnable decision = () -> {
            if (!decided.getAndSet(true)) {
                decide("overtaken");
            }
        };

        assertThatThrownBy(() -> starts("overtaken", connect -> beforeOffsets(connect(connect), decision)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Offsets of group overtaken are being written by publication p1");
    }

    private record Decided(String state, Map<String, Object> offsets) {}

    /** What a publication does whose offsets are to follow. */
    private static void decide(String group) {
        GroupOffsets read = Coordination.await(GroupOffsets.read(zooKeeper, group, BOTH));
        byte[] record = Document.write(new Decided("OPEN", Map.of("path", "offsets-1.json")));
        Coordination.await(zooKeeper.commit(List.of(
                read.raiseFence(PendingOffsets.owner("p1"), new UUID(5, 6)),
                new Write.Create(Paths.output("p1"), record))));
    }

    /** Somebody else acts before the first offset is read. */
    private static Coordination beforeOffsets(Coordination real, Runnable other) {
        return (Coordination) Proxy.newProxyInstance(
                Coordination.class.getClassLoader(), new Class<?>[] {Coordination.class}, (proxy, method, args) -> {
                    if (method.getName().equals("read")
                            && ((String) args[0]).startsWith(Paths.offset("overtaken", FIRST))) {
                        other.run();
                    }
                    return method.invoke(real, args);
                });
    }

    private static void commit(String group, TopicPartition partition, UUID topicId) {
        List<TopicName> topics = List.of(partition.topic());
        Coordination.await(GroupOffsets.prepare(zooKeeper, group, topics));
        GroupOffsets read = Coordination.await(GroupOffsets.read(zooKeeper, group, BOTH));
        CommittedOffset offset = new CommittedOffset(42, new OffsetMetadata(topicId, -1, ""));
        List<Write> steps = new ArrayList<>(read.set(Map.of(partition, offset)));
        Coordination.await(zooKeeper.commit(steps));
    }

    private static Map<TopicPartition, Long> starts(String group) throws InputException {
        return starts(group, GroupStartTest::connect);
    }

    private static Map<TopicPartition, Long> starts(String group, Function<String, Coordination> connect)
            throws InputException {
        return new GroupStart(connect, false)
                .of(new RangeChoice.SinceCommitted(group, server.connectString(), RangeChoice.Start.EARLIEST), BOTH);
    }

    private static Coordination connect(String connectString) {
        return ZooKeeperCoordination.connect(connectString, 10_000, 10_000, Clock.system());
    }
}
