package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class GenericOptionsTest {

    @Test
    void hadoopsOptionsAreFoundWhereverTheyStand() {
        GenericOptions split = GenericOptions.split(new String[] {
            "-D",
            "a=1",
            "ingest",
            "--topics",
            "clicks",
            "-Db=2",
            "--to",
            "/lake",
            "-conf",
            "x.xml",
            "-fs",
            "file:///",
            "--plan"
        });

        assertThat(split.generic()).containsExactly("-D", "a=1", "-D", "b=2", "-conf", "x.xml", "-fs", "file:///");
        assertThat(split.own()).containsExactly("ingest", "--topics", "clicks", "--to", "/lake", "--plan");
        assertThat(IngestCommand.withoutCommandWords(split.own()))
                .containsExactly("--topics", "clicks", "--to", "/lake", "--plan");
    }

    @Test
    void anOptionWithoutItsValueIsBadUsage() {
        assertThatThrownBy(() -> GenericOptions.split(new String[] {"--plan", "-D"}))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("-D");
    }
}
