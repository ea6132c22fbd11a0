package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A bad history of each kind, made by hand, and good ones that look like it. */
final class HistoryTest {

    private static final String READER = "reader";

    private final History history = new History();
    private final PartitionHistory partition = history.partition(0);

    /** Producer 0 sends records 0 to 2, which are stored at 0 to 2. */
    private void sendThree() {
        for (int number = 0; number < 3; number++) {
            partition.sent(value(number));
            partition.acknowledged(value(number), number);
        }
    }

    private void storeThree() {
        store(0, 0);
        store(1, 1);
        store(2, 2);
    }

    private void store(long offset, int number) {
        partition.stored(offset, value(number));
    }

    private void read(long... offsets) {
        for (long offset : offsets) {
            partition.polled(READER, offset, value((int) offset));
        }
    }

    private static Value value(int number) {
        return new Value(0, number);
    }

    private Map<Anomaly, Integer> found() {
        return history.check(true).counts();
    }

    @Test
    void whatWentWellHasNoAnomaly() {
        sendThree();
        partition.sent(value(3)); // never acknowledged, never stored
        partition.sent(value(4)); // never acknowledged, stored all the same
        storeThree();
        store(3, 4);
        partition.positioned(READER, 0);
        read(0, 1);
        partition.positioned(READER, 1); // a rebalance: at least once
        read(1, 2);
        partition.polled(READER, 3, value(4));

        assertThat(found()).isEmpty();
    }

    @Test
    void whatIsStoredSomewhereMustBeThereAndBeSeen() {
        sendThree();
        partition.sent(value(3));
        partition.acknowledged(value(3), PartitionHistory.SOMEWHERE);
        partition.sent(value(4));
        partition.acknowledged(value(4), PartitionHistory.SOMEWHERE);
        storeThree();
        store(3, 3);
        partition.positioned(READER, 0);
        read(0, 1, 2);

        assertThat(found()).isEqualTo(Map.of(Anomaly.LOST_WRITE, 1, Anomaly.UNSEEN, 1));
    }

    @Test
    void offsetsThatNobodyHasAreNoSkip() {
        sendThree();
        store(0, 0);
        store(1, 1);
        partition.acknowledged(value(2), 5);
        store(2, 2);
        partition.sent(value(3));
        store(9, 3);
        partition.positioned(READER, 0);
        read(0, 1, 2);
        partition.polled(READER, 9, value(3));

        assertThat(history.check(true).count(Anomaly.POLL_SKIP)).isZero();
    }

    @Test
    void anAcknowledgedRecordThatIsGoneIsLost() {
        sendThree();
        store(0, 0);
        store(1, 1);
        read(0, 1);

        assertThat(found()).containsOnly(Map.entry(Anomaly.LOST_WRITE, 1));
    }

    @Test
    void anAcknowledgedRecordThatAnotherOneReplacedIsLost() {
        sendThree();
        partition.sent(value(3));
        store(0, 0);
        store(1, 3);
        read(0);

        Findings findings = history.check(false);

        assertThat(findings.counts()).containsOnly(Map.entry(Anomaly.LOST_WRITE, 2));
        assertThat(findings.toString())
                .contains(
                        "partition 0: record 1 of producer 0, acknowledged at 1, is not there; record 3 of producer 0 is");
    }

    @Test
    void aRecordElsewhereThanAcknowledgedIsInconsistent() {
        sendThree();
        store(0, 0);
        store(1, 1);
        store(4, 2);
        read(0, 1);
        partition.polled(READER, 4, value(2));

        assertThat(history.check(false).counts()).containsOnly(Map.entry(Anomaly.INCONSISTENT_OFFSETS, 1));
    }

    @Test
    void twoRecordsAtOneOffsetAreInconsistent() {
        sendThree();
        storeThree();
        partition.sent(value(3));
        store(2, 3);
        read(0, 1);
        partition.polled(READER, 2, value(3));

        assertThat(found()).containsOnly(Map.entry(Anomaly.INCONSISTENT_OFFSETS, 1));
    }

    @Test
    void aConsumerThatSawARecordElsewhereIsInconsistent() {
        sendThree();
        storeThree();
        read(0, 1, 2);
        partition.polled("reader/1", 1, value(2));

        assertThat(found()).containsOnly(Map.entry(Anomaly.INCONSISTENT_OFFSETS, 1));
    }

    @Test
    void oneRecordAtTwoOffsetsIsADuplicate() {
        sendThree();
        storeThree();
        store(3, 2);
        read(0, 1, 2);

        assertThat(found()).containsOnly(Map.entry(Anomaly.DUPLICATE, 1));
    }

    @Test
    void recordsInAnotherOrderThanSentAreReordered() {
        sendThree();
        storeThree();
        partition.sent(value(3));
        partition.sent(value(4));
        store(3, 4);
        store(4, 3);
        read(0, 1, 2);

        assertThat(found()).containsOnly(Map.entry(Anomaly.REORDERED, 1));
    }

    @Test
    void anAcknowledgementThatComesLateIsNoAnomaly() {
        partition.sent(value(0));
        partition.sent(value(1));
        partition.acknowledged(value(1), 1);
        partition.acknowledged(value(0), 0); // its first one was lost with the connection
        store(0, 0);
        store(1, 1);
        read(0, 1);

        assertThat(found()).isEmpty();
    }

    @Test
    void acknowledgementsInAnotherOrderThanOffsetsAreNonmonotonic() {
        partition.sent(value(0));
        partition.sent(value(1));
        partition.acknowledged(value(0), 1);
        partition.acknowledged(value(1), 0);
        store(0, 1);
        store(1, 0);
        partition.polled(READER, 0, value(1));
        partition.polled(READER, 1, value(0));

        assertThat(found()).containsOnly(Map.entry(Anomaly.NONMONOTONIC_SEND, 1), Map.entry(Anomaly.REORDERED, 1));
    }

    @Test
    void aRecordPassedOverIsAPollSkip() {
        sendThree();
        storeThree();
        partition.positioned(READER, 0);
        read(0, 2);
        partition.polled("reader/1", 1, value(1));

        assertThat(found()).containsOnly(Map.entry(Anomaly.POLL_SKIP, 1));
    }

    @Test
    void aRecordPassedOverAtTheBeginningIsAPollSkip() {
        sendThree();
        storeThree();
        partition.positioned(READER, 0);
        read(1, 2);
        partition.polled("reader/1", 0, value(0));

        assertThat(found()).containsOnly(Map.entry(Anomaly.POLL_SKIP, 1));
    }

    @Test
    void goingBackUnaskedIsANonmonotonicPoll() {
        sendThree();
        storeThree();
        partition.positioned(READER, 0);
        read(0, 1, 2, 1, 2);

        assertThat(found()).containsOnly(Map.entry(Anomaly.NONMONOTONIC_POLL, 1));
    }

    @Test
    void aRecordThatAConsumerSawAndThatIsGoneWasTakenBack() {
        sendThree();
        storeThree();
        partition.sent(value(3));
        read(0, 1, 2);
        partition.polled(READER, 3, value(3)); // never acknowledged, but seen

        assertThat(found()).containsOnly(Map.entry(Anomaly.TAKEN_BACK, 1));
    }

    @Test
    void anAcknowledgedRecordThatNoConsumerSawIsUnseen() {
        sendThree();
        storeThree();
        partition.positioned(READER, 0);
        read(0, 1);

        assertThat(found()).containsOnly(Map.entry(Anomaly.UNSEEN, 1));
        assertThat(history.check(false).isEmpty()).isTrue();

        partition.positioned("reader/1", 2); // of the same group
        partition.polled("reader/1", 2, value(2));
        assertThat(found()).isEmpty();

        partition.polled("other", 2, value(2)); // sees nothing of the rest
        assertThat(found()).containsOnly(Map.entry(Anomaly.UNSEEN, 2));
    }

    @Test
    void aRecordThatNobodySentIsInvented() {
        sendThree();
        storeThree();
        store(3, 7);
        read(0, 1, 2);

        assertThat(found()).containsOnly(Map.entry(Anomaly.INVENTED, 1));
    }

    @Test
    void aRecordOfAnotherPartitionIsInvented() {
        sendThree();
        storeThree();
        read(0, 1, 2);
        history.partition(1).sent(new Value(1, 0));
        partition.stored(3, new Value(1, 0));

        assertThat(found()).containsOnly(Map.entry(Anomaly.INVENTED, 1));
    }

    @Test
    void aGroupThatGoesOnBeforeItsCommitWentBack() {
        sendThree();
        storeThree();
        read(0, 1, 2);
        partition.resumed("group", 0, "partition 0"); // nothing is committed yet
        partition.committed("group", 2);
        partition.resumed("group", 2, "partition 0");
        partition.resumed("other", 0, "partition 0");
        assertThat(found()).isEmpty();

        partition.resumed("group", 0, "partition 0"); // the spurious zero

        assertThat(found()).containsOnly(Map.entry(Anomaly.COMMIT_WENT_BACK, 1));
    }
}
