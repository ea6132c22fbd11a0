package io.millstream.hadoop.ingest.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.core.TopicName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FolderNamesTest {

    @ParameterizedTest
    @CsvSource({"clicks, clicks", "_clicks, %5Fclicks", ".clicks, %2Eclicks", "__clicks, %5F_clicks", "a_b.c-d, a_b.c-d"
    })
    void noTopicsFolderIsHiddenFromReaders(String topic, String folder) {
        assertThat(FolderNames.of(new TopicName(topic))).isEqualTo(folder);
    }
}
