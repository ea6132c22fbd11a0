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

final class TopicChoiceTest {

    private final SortedSet<TopicName> existing = topics("clicks", "click.ads", "clickxads", "orders", "_internal");

    @Test
    void namesAndExpressionsAreSelectedTogether() {
        assertThat(TopicChoice.of("click.*, orders", "").among(existing).taken())
                .isEqualTo(topics("clicks", "click.ads", "clickxads", "orders"));
    }

    @Test
    void whatCouldBeANameIsOneAlthoughADotMatchesAnything() {
        assertThat(TopicChoice.of("click.ads", "").among(existing).taken()).isEqualTo(topics("click.ads"));
    }

    @Test
    void anExpressionMatchesWholeNames() {
        assertThat(TopicChoice.of("(click|order)s", "").among(existing).taken()).isEqualTo(topics("clicks", "orders"));
    }

    @Test
    void aNamedTopicThatDoesNotExistIsNamed() {
        assertThatThrownBy(() ->
                        TopicChoice.of("clicks,payments", "").among(existing).taken())
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("payments");
    }

    @Test
    void anExpressionThatMatchesNothingIsAnError() {
        assertThatThrownBy(() -> TopicChoice.of("pay.*", "").among(existing).taken())
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("pay.*");
    }

    @Test
    void whatIsExcludedIsLeftOutAndTold() {
        TopicChoice.Chosen chosen =
                TopicChoice.of("click.*,orders", "click.ads, ord.+").among(existing);

        assertThat(chosen.taken()).isEqualTo(topics("clicks", "clickxads"));
        assertThat(chosen.leftOut()).isEqualTo(topics("click.ads", "orders"));
    }

    @Test
    void aNamedTopicThatIsGoneMayBeLeftOut() {
        assertThat(TopicChoice.of("clicks,payments", "payments").among(existing).taken())
                .isEqualTo(topics("clicks"));
    }

    @Test
    void nothingLeftToTakeIsAnError() {
        assertThatThrownBy(() -> TopicChoice.of("clicks", ".*").among(existing))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("--exclude leaves out [clicks]");
    }

    @Test
    void nonsenseToExcludeIsBadUsage() {
        assertThatThrownBy(() -> TopicChoice.of("clicks", "click["))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--exclude");
    }

    @Test
    void nonsenseIsBadUsage() {
        for (String nonsense : List.of("click[", "clicks,,orders", "")) {
            assertThatThrownBy(() -> TopicChoice.of(nonsense, "")).isInstanceOf(UsageException.class);
        }
    }

    private static SortedSet<TopicName> topics(String... names) {
        return Arrays.stream(names).map(TopicName::new).collect(Collectors.toCollection(TreeSet::new));
    }
}
