package io.millstream.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoTest {

    /** The same story with fewer clicks. */
    private static final Demo.Size SIZE = new Demo.Size(1_400, 200);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @Test
    void theWholeStoryAgrees() {
        Path data = folder.resolve("data");

        assertThat(run("--data", data.toString())).as(err.toString(UTF_8)).isZero();

        assertThat(out.toString(UTF_8).lines().map(line -> line.strip().replaceAll(" +", " ")))
                .as("three hours, and the sum")
                .filteredOn(line -> line.endsWith(" 1,600 1,600 1,600 ok"))
                .hasSize(3);
        assertThat(out.toString(UTF_8))
                .contains("Produced = rows = offsets", data.resolve("lake") + "", "bin/millstream dev --data " + data)
                .doesNotContain("MISMATCH");
    }

    @Test
    void aFolderThatIsInUseIsNotTouched() throws IOException {
        Files.writeString(folder.resolve("mine"), "mine");

        assertThat(run("--data", folder.toString())).isEqualTo(1);
        assertThat(err.toString(UTF_8)).contains("is not empty").hasLineCount(1);
        assertThat(folder.resolve("mine")).hasContent("mine");
    }

    @Test
    void anUnknownOptionIsBadUsage() {
        assertThat(run("--fast")).isEqualTo(2);
        assertThat(err.toString(UTF_8))
                .startsWith("millstream: There is no option '--fast'. Usage: millstream demo")
                .hasLineCount(1);
    }

    private int run(String... args) {
        return Demo.run(
                args, LocalPlace::in, SIZE, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }
}
