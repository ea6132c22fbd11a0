package io.millstream.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;

class PathsTest {

    /** Names that try to leave their place, and look-alikes. */
    private static final List<String> HOSTILE = List.of(
            ".",
            "..",
            "...",
            "/",
            "//",
            "a/b",
            "a/../b",
            "../..",
            "%2f",
            "%2F",
            "%252F",
            "\0",
            "a\0b",
            "\n",
            "\r\n",
            " ",
            "a.b",
            "a_b",
            "a%b",
            "ä",
            "a\u0308",
            "\u202e",
            "\uffff",
            "\ud83d\ude00",
            "zookeeper",
            "a".repeat(250),
            "é".repeat(250));

    private static void assertOneSafeSegment(String name) {
        String segment = Paths.segment(name);
        assertThat(segment).as(name).matches("[a-zA-Z0-9._%-]+").isNotIn(".", "..");
        PathUtils.validatePath("/consumers/" + segment);
        assertThat(decoded(segment)).as("reversible").isEqualTo(name);
        assertThat(Paths.name(segment)).contains(name);
    }

    /** The inverse, written another way. */
    private static String decoded(String segment) {
        byte[] bytes = new byte[segment.length()];
        int length = 0;
        for (int i = 0; i < segment.length(); i++) {
            if (segment.charAt(i) == '%') {
                bytes[length++] = (byte) Integer.parseInt(segment.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                bytes[length++] = (byte) segment.charAt(i);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Test
    void noNameLeavesItsZnode() {
        HOSTILE.forEach(PathsTest::assertOneSafeSegment);
    }

    @Test
    void anEmptyNameIsRefused() {
        assertThatThrownBy(() -> Paths.segment("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void textThatIsNotUnicodeIsRefused() {
        // Both would become the same byte otherwise, and share a znode.
        assertThatThrownBy(() -> Paths.segment("\ud800")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Paths.segment("a\udc00b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void plainNamesStayAsTheyAre() {
        assertThat(Paths.group("my-group_1.v2")).isEqualTo("/consumers/my-group_1.v2");
        assertThat(Paths.offset("g", new TopicPartition("t.x", 7))).isEqualTo("/consumers/g/offsets/t.x/7");
        assertThat(Paths.offsetMeta("g", new TopicPartition("t.x", 7))).isEqualTo("/consumers/g/offset_meta/t.x/7");
        assertThat(Paths.ingestJob("a/b")).isEqualTo("/ingest/a%2Fb");
    }

    @Test
    void noTwoNamesShareAZnode() {
        long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
        Random random = new Random(seed);
        Map<String, String> nameOf = new HashMap<>();
        HOSTILE.forEach(name -> nameOf.put(Paths.segment(name), name));
        assertThat(nameOf).hasSameSizeAs(HOSTILE);
        for (int i = 0; i < 5_000; i++) {
            String name = randomName(random);
            assertOneSafeSegment(name);
            assertThat(nameOf.merge(Paths.segment(name), name, (old, same) -> old))
                    .as("-Dseed=%d", seed)
                    .isEqualTo(name);
        }
    }

    private static String randomName(Random random) {
        StringBuilder name = new StringBuilder();
        for (int length = 1 + random.nextInt(4); length > 0; length--) {
            switch (random.nextInt(4)) {
                case 0 -> name.append(".%/2fF_-".charAt(random.nextInt(8)));
                case 1 -> name.append((char) random.nextInt(0x80));
                case 2 -> name.append((char) random.nextInt(0xd800));
                default -> name.appendCodePoint(0x1_0000 + random.nextInt(0x10_0000));
            }
        }
        return name.toString();
    }

    @Test
    void whatIsNoNamesSegmentIsToldApart() {
        for (String odd : List.of("", "a b", "%", "%2", "%2f", "%zz", "%41", "%FF", "a%", ".", "..", "a/b", "é")) {
            assertThat(Paths.name(odd)).as(odd).isEmpty();
        }
    }
}
