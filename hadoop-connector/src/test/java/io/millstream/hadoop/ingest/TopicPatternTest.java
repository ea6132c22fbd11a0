package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.document.IngestException;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class TopicPatternTest {

    private final SortedSet<TopicName> existing = topics("clicks", "click.ads", "clickxads", "orders", "_internal");

    @Test
    void namesAndExpressionsAreSelectedTogether() {
        assertThat(TopicPattern.of("click.*, orders").select(existing))
                .isEqualTo(topics("clicks", "click.ads", "clickxads", "orders"));
    }

    @Test
    void whatCouldBeANameIsOneAlthoughADotMatchesAnything() {
        assertThat(TopicPattern.of("click.ads").select(existing)).isEqualTo(topics("click.ads"));
    }

    @Test
    void anExpressionMatchesWholeNames() {
        assertThat(TopicPattern.of("(click|order)s").select(existing)).isEqualTo(topics("clicks", "orders"));
    }

    @Test
    void aNamedTopicThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> TopicPattern.of("clicks,payments").select(existing))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("payments");
    }

    @Test
    void anExpressionThatMatchesNothingIsAnError() {
        assertThatThrownBy(() -> TopicPattern.of("pay.*").select(existing))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("pay.*");
    }

    @Test
    void nonsenseIsBadUsage() {
        for (String nonsense : List.of("click[", "clicks,,orders", "")) {
            assertThatThrownBy(() -> TopicPattern.of(nonsense)).isInstanceOf(UsageException.class);
        }
    }

    private static SortedSet<TopicName> topics(String... names) {
        return Arrays.stream(names).map(TopicName::new).collect(Collectors.toCollection(TreeSet::new));
    }
}
