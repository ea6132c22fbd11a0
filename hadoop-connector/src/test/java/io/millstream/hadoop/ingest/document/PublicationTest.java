package io.millstream.hadoop.ingest.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.hadoop.ingest.document.Publication.Found;
import io.millstream.hadoop.ingest.document.Publication.Step;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PublicationTest {

    @ParameterizedTest(name = "staged {0}, published {1}: {2}")
    @CsvSource({
        "NOTHING,   NOTHING,   STOP",
        "AS_LISTED, NOTHING,   RENAME",
        "DIFFERENT, NOTHING,   STOP",
        "NOTHING,   AS_LISTED, NONE",
        "AS_LISTED, AS_LISTED, DROP_STAGED",
        "DIFFERENT, AS_LISTED, DROP_STAGED",
        "NOTHING,   DIFFERENT, STOP",
        "AS_LISTED, DIFFERENT, STOP",
        "DIFFERENT, DIFFERENT, STOP"
    })
    void theNextStepFollowsFromWhatLiesAtBothPlaces(Found staged, Found published, Step step) {
        assertThat(Publication.next(staged, published)).isEqualTo(step);
    }
}
