package io.millstream.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GroupOffsetsTest {

    private static final String GROUP = "hourly clicks/eu";
    private static final TopicPartition P0 = new TopicPartition("clicks", 0);
    private static final TopicPartition P1 = new TopicPartition("clicks", 1);
    private static final UUID TOPIC_ID = new UUID(1, 2);

    @RegisterExtension
    static final TestZooKeeper zooKeeper = new TestZooKeeper();

    private Coordination coordination;

    @BeforeEach
    void prepare() {
        coordination = zooKeeper.connect();
        Coordination.await(GroupOffsets.prepare(coordination, GROUP, List.of(new TopicName("clicks"))));
    }

    private GroupOffsets read() {
        return Coordination.await(GroupOffsets.read(coordination, GROUP, List.of(P0, P1)));
    }

    private static CommittedOffset at(long offset) {
        return new CommittedOffset(offset, new OffsetMetadata(TOPIC_ID, 3, "run 7"));
    }

    private void commit(GroupOffsets read, Map<TopicPartition, CommittedOffset> offsets) {
        List<Write> steps = new ArrayList<>();
        steps.add(read.raiseFence("test", UUID.randomUUID()));
        steps.addAll(read.set(offsets));
        Coordination.await(coordination.commit(steps));
    }

    private Reason refusal(Runnable action) {
        return catchThrowableOfType(CoordinationException.class, action::run).reason();
    }

    @Test
    void startsWithNothing() {
        assertThat(read().offset(P0)).isEmpty();
        assertThat(Coordination.await(GroupOffsets.committed(coordination, GROUP)))
                .isEmpty();
    }

    @Test
    void readsBackWhatWasCommittedAndAgain() {
        commit(read(), Map.of(P0, at(10), P1, at(0)));
        commit(read(), Map.of(P0, at(Long.MAX_VALUE)));

        assertThat(read().offset(P0)).contains(at(Long.MAX_VALUE));
        assertThat(read().offset(P1)).contains(at(0));
        assertThat(Coordination.await(GroupOffsets.committed(coordination, GROUP)))
                .containsExactly(P0, P1);
    }

    @Test
    void liesWhereAndHowOldToolsExpectIt() {
        commit(read(), Map.of(P1, at(4711)));

        byte[] text = Coordination.await(coordination.read("/consumers/hourly%20clicks%2Feu/offsets/clicks/1"))
                .orElseThrow()
                .value();
        byte[] metadata = Coordination.await(coordination.read("/consumers/hourly%20clicks%2Feu/offset_meta/clicks/1"))
                .orElseThrow()
                .value();
        assertThat(new String(text, UTF_8)).isEqualTo("4711");
        assertThat(new String(metadata, UTF_8))
                .isEqualTo(
                        "{\"version\":1,\"leader_epoch\":3,\"metadata\":\"run 7\",\"topic_id\":\"" + TOPIC_ID + "\"}");
    }

    @Test
    void readsWhatAnOldToolWroteAlone() {
        Coordination.await(coordination.commit(new Write.Create(Paths.offset(GROUP, P0), " 12\n".getBytes(UTF_8))));

        GroupOffsets read = read();

        assertThat(read.offset(P0)).contains(new CommittedOffset(12, null));
        commit(read, Map.of(P0, at(13)));
        assertThat(read().offset(P0)).contains(at(13));
    }

    @Test
    void refusesWhatIsNotAnOffset() {
        for (String bad : List.of("", "x", "-1", "1.5", "9223372036854775808", "12345678901234567890", "٣")) {
            String path = Paths.offset(GROUP, P0);
            Coordination.await(coordination.commit(new Write.Create(path, bad.getBytes(UTF_8))));

            CoordinationException refused = catchThrowableOfType(CoordinationException.class, this::read);

            assertThat(refused.reason()).as(bad).isEqualTo(Reason.REFUSED);
            assertThat(refused).hasMessageContaining(path);
            Coordination.await(coordination.commit(new Write.Delete(path, 0)));
        }
    }

    @Test
    void ofTwoWhoReadTheSameOnlyOneCommits() {
        GroupOffsets mine = read();
        GroupOffsets theirs = read();

        commit(theirs, Map.of(P0, at(5)));

        // Not even for another partition: the fence says that the plan is out of date.
        assertThat(refusal(() -> commit(mine, Map.of(P1, at(6))))).isEqualTo(Reason.CONFLICT);
        assertThat(refusal(() -> Coordination.await(coordination.commit(mine.checkFence()))))
                .isEqualTo(Reason.CONFLICT);
        assertThat(read().offset(P1)).isEmpty();
    }

    @Test
    void anOffsetMovedByOneWhoOnlyChecksTheFenceIsNotOverwritten() {
        commit(read(), Map.of(P0, at(5)));
        GroupOffsets mine = read();
        GroupOffsets theirs = read();
        List<Write> steps = new ArrayList<>(theirs.set(Map.of(P0, at(7))));
        steps.add(theirs.checkFence());

        Coordination.await(coordination.commit(steps));

        assertThat(refusal(() -> commit(mine, Map.of(P0, at(6))))).isEqualTo(Reason.CONFLICT);
        assertThat(read().offset(P0)).contains(at(7));
    }

    @Test
    void canBeReadBeforeAnybodyPreparedTheGroupButNotCommitted() {
        GroupOffsets read = Coordination.await(GroupOffsets.read(coordination, "other", List.of(P0)));

        assertThat(read.offset(P0)).isEmpty();
        assertThatThrownBy(read::checkFence)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("other");
    }

    @Test
    void refusesPartitionsThatWereNotRead() {
        GroupOffsets read = Coordination.await(GroupOffsets.read(coordination, GROUP, List.of(P0)));

        assertThatThrownBy(() -> read.set(Map.of(P1, at(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("clicks-1");
    }

    @Test
    void allThatIsThereIsReadAndTheRestIsKnownToBeMissing() {
        commit(read(), Map.of(P0, at(5)));

        GroupOffsets all = Coordination.await(GroupOffsets.readAll(coordination, GROUP));

        assertThat(all.partitions()).containsExactly(P0);
        assertThat(all.hasDirectWriter()).isTrue();
        assertThat(all.modifiedMillis()).isPositive();
        Coordination.await(coordination.commit(all.set(Map.of(P1, at(6)))));
        assertThat(read().offset(P1)).contains(at(6));
    }

    @Test
    void whatFollowsACommitNeedsNotBeReadAgain() {
        GroupOffsets now = Coordination.await(GroupOffsets.readAll(coordination, GROUP));
        CommittedOffset otherMetadata = new CommittedOffset(12, new OffsetMetadata(TOPIC_ID, 4, "run 8"));
        for (Map<TopicPartition, CommittedOffset> next : List.of(
                Map.of(P0, at(5)),
                Map.of(P0, at(6), P1, at(1)),
                Map.of(P0, otherMetadata, P1, at(2)),
                Map.of(P1, at(3)))) {
            now = now.after(next, Coordination.await(coordination.commit(now.set(next))));
        }

        assertThat(now.offset(P0)).contains(otherMetadata).isEqualTo(read().offset(P0));
        assertThat(now.offset(P1)).contains(at(3)).isEqualTo(read().offset(P1));
        assertThat(now.set(Map.of(P0, otherMetadata))).as("metadata stay").hasSize(1);
    }

    @Test
    void offsetsAreRemovedUnlessSomebodyMovedThem() {
        commit(read(), Map.of(P0, at(5), P1, at(6)));
        GroupOffsets before = read();
        Coordination.await(coordination.commit(before.set(Map.of(P0, at(7)))));

        assertThat(refusal(() -> Coordination.await(coordination.commit(before.remove(List.of(P0, P1))))))
                .isEqualTo(Reason.CONFLICT);
        Coordination.await(coordination.commit(read().remove(List.of(P0, P1))));
        assertThat(read().partitions()).isEmpty();
        assertThat(read().remove(List.of(P0))).isEmpty();
    }
}
