package io.millstream.hadoop.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/hadoop-output.md} lists every setting there is, as the code says it. */
final class OutputDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "hadoop-output.md");

    @Test
    void everySettingIsListedAndNoOther() throws IOException {
        List<String> expected = Arrays.stream(OutputKey.values())
                .map(key -> "| `" + key.key() + "` | " + key.otherwise().orElse("") + " | " + key.meaning() + " |")
                .toList();

        assertThat(Files.readAllLines(DOCUMENT).stream()
                        .filter(line -> line.startsWith("| `" + OutputKey.PREFIX))
                        .toList())
                .isEqualTo(expected);
    }
}
