package io.millstream.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

final class WriteFailureTest {

    @Test
    void theReasonIsFoundThroughAllStagesThatPassedItOn() {
        Throwable conflict = new CoordinationException(Reason.CONFLICT, "other version", "/coordinators/7", null);
        Throwable failure = new CompletionException(new CompletionException(conflict));

        assertThat(WriteFailure.reason(conflict)).isEqualTo(Reason.CONFLICT);
        assertThat(WriteFailure.reason(failure)).isEqualTo(Reason.CONFLICT);
        assertThat(WriteFailure.blames(failure, "/coordinators")).isTrue();
        assertThat(WriteFailure.blames(failure, "/coordinators/70")).isFalse();
    }

    @Test
    void anythingElseIsARefusal() {
        assertThat(WriteFailure.reason(new IllegalStateException())).isEqualTo(Reason.REFUSED);
        assertThat(WriteFailure.reason(new CompletionException("nothing behind it", null)))
                .isEqualTo(Reason.REFUSED);
    }
}
