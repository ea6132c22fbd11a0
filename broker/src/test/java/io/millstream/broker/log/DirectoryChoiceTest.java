package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.DirectoryChoice.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DirectoryChoiceTest {

    private static final long PLENTY = 1L << 40;

    private static int emptiest(Candidate... candidates) {
        return DirectoryChoice.emptiest(List.of(candidates));
    }

    @Test
    void theFewestLogsDecideWhateverTheyWeigh() {
        assertThat(emptiest(new Candidate(3, 1, PLENTY), new Candidate(2, 1L << 30, PLENTY)))
                .isEqualTo(1);
    }

    @Test
    void amongEquallyManyTheFewestBytesAndThenTheOrderOfTheSettingDecide() {
        assertThat(emptiest(new Candidate(2, 20, PLENTY), new Candidate(2, 10, PLENTY), new Candidate(2, 10, PLENTY)))
                .isEqualTo(1);
        assertThat(emptiest(new Candidate(0, 0, 2 * PLENTY), new Candidate(0, 0, PLENTY)))
                .isZero();
    }

    @Test
    void whatIsNearlyFullIsTakenOnlyIfAllAre() {
        Candidate nearlyFull = new Candidate(0, 0, DirectoryChoice.NEARLY_FULL_BYTES - 1);
        Candidate enough = new Candidate(9, 1 << 30, DirectoryChoice.NEARLY_FULL_BYTES);

        assertThat(emptiest(nearlyFull, enough)).isEqualTo(1);
        assertThat(emptiest(new Candidate(5, 0, 10), nearlyFull)).isEqualTo(1);
    }
}
