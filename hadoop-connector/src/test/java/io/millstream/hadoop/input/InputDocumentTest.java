package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

/** {@code docs/hadoop.md} lists every setting and counter there is, as the code says them. */
final class InputDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "hadoop.md");

    @Test
    void every_setting_is_listed_and_no_other() throws IOException {
        List<String> expected = Arrays.stream(InputKey.values())
                .map(key -> "| `" + key.key() + "` | " + key.otherwise().orElse("") + " | " + key.meaning() + " |")
                .toList();

        assertThat(rows("| `" + InputKey.PREFIX)).isEqualTo(expected);
    }

    @Test
    void every_counter_is_listed_as_hadoop_shows_it_and_there_are_few() throws IOException {
        ResourceBundle names = ResourceBundle.getBundle(InputCounter.class.getName());
        List<String> expected = Arrays.stream(InputCounter.values())
                .map(counter -> "| " + names.getString(counter.name() + ".name") + " | `" + counter.name() + "` |")
                .toList();

        assertThat(rows("| ").stream().filter(expected::contains)).isEqualTo(expected);
        assertThat(InputCounter.values().length).isLessThanOrEqualTo(20);
    }

    private static List<String> rows(String start) throws IOException {
        return Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.startsWith(start))
                .toList();
    }
}
