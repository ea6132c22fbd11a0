package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ApiKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Keeps the version table that users read equal to the one that the code uses. */
class ProtocolDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "protocol.md");
    private static final String BEGIN = "prints what belongs here -->\n";
    private static final String END = "<!-- end of versions -->";

    @Test
    void theVersionTableIsTheCodes() throws IOException {
        String document = Files.readString(DOCUMENT);

        int begin = document.indexOf(BEGIN) + BEGIN.length();
        String table = document.substring(begin, document.indexOf(END));

        assertThat(table).isEqualTo(render());
    }

    private static String render() {
        return "| API | key | versions | flexible from |\n|---|---:|---|---:|\n"
                + Arrays.stream(ApiKey.values())
                        .sorted(Comparator.comparing(ApiKey::id))
                        .map(ProtocolDocumentTest::row)
                        .collect(Collectors.joining());
    }

    private static String row(ApiKey key) {
        String versions = key.min() == key.max() ? "" + key.min() : key.min() + " to " + key.max();
        return "| " + Message.api(key) + " | " + key.id() + " | " + versions + " | " + flexibleFrom(key) + " |\n";
    }

    private static String flexibleFrom(ApiKey key) {
        return IntStream.rangeClosed(0, key.max())
                .filter(version -> key.flexible((short) version))
                .mapToObj(Integer::toString)
                .findFirst()
                .orElse("never");
    }
}
