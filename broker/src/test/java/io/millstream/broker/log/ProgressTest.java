package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProgressTest {

    private static final Path ONE = Path.of("/data/1");
    private static final Path TWO = Path.of("/data/2");

    private final ManualClock clock = new ManualClock(0);
    private final List<String> lines = new ArrayList<>();

    @Test
    void aLineEveryFiveSecondsSaysWhatIsLeftWhere() {
        Progress progress = new Progress(clock, lines::add);
        progress.expect(ONE, 2);
        progress.expect(TWO, 3);

        clock.advance(4_999);
        assertThat(progress.one(ONE)).isFalse();
        assertThat(lines).isEmpty();
        clock.advance(1);
        assertThat(progress.one(TWO)).isFalse();
        assertThat(progress.one(ONE)).isTrue();
        clock.advance(5_000);
        assertThat(progress.one(TWO)).isFalse();
        clock.advance(5_000);
        assertThat(progress.one(TWO)).isTrue();

        assertThat(lines)
                .containsExactly(
                        "Recovering logs: 2 of 5 done; left: 1 in /data/1, 2 in /data/2",
                        "Recovering logs: 4 of 5 done; left: 1 in /data/2");
        assertThat(progress.millis()).isEqualTo(15_000);
    }
}
