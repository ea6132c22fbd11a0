package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IsrTest {

    private static final Map<Integer, Long> ENDS = Map.of(1, 100L, 2, 80L, 3, 90L);

    @Test
    void theHighWatermarkIsWhatEveryMemberHas() {
        assertThat(new Isr(Set.of(1), 1).highWatermark(0, ENDS::get)).isEqualTo(100);
        assertThat(new Isr(Set.of(1, 3), 2).highWatermark(0, ENDS::get)).isEqualTo(90);
        assertThat(new Isr(Set.of(1, 2, 3), 2).highWatermark(0, ENDS::get)).isEqualTo(80);
    }

    @Test
    void theHighWatermarkNeverFalls() {
        assertThat(new Isr(Set.of(1, 2), 1).highWatermark(95, ENDS::get)).isEqualTo(95);
    }

    @Test
    void theHighWatermarkStandsWhileTooFewAreInSync() {
        // given
        Isr isr = new Isr(Set.of(1), 2);

        // then
        assertThat(isr.meetsMinimum()).isFalse();
        assertThat(isr.highWatermark(40, ENDS::get)).isEqualTo(40);
    }

    /** As after min.insync.replicas was lowered: if the leader died now, one of them would lead. */
    @Test
    void theHighWatermarkStandsWhileOthersMayLead() {
        // given
        Isr isr = new Isr(Set.of(1), Set.of(1), Set.of(2), 1);

        // then
        assertThat(isr.meetsMinimum()).isTrue();
        assertThat(isr.waitsForEligible()).isTrue();
        assertThat(isr.highWatermark(40, ENDS::get)).isEqualTo(40);
        assertThat(isr.withMinimum(2).waitsForEligible()).isFalse();
        assertThat(isr.proposing(Set.of(1, 3)).highWatermark(40, ENDS::get)).isEqualTo(40);
        assertThat(isr.settled().highWatermark(40, ENDS::get)).isEqualTo(40);
    }

    @Test
    void anEmptyIsrIsRefused() {
        assertThatThrownBy(() -> new Isr(Set.of(), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Isr(Set.of(1), 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
