package io.millstream.hadoop.ingest;

import java.util.Locale;
import java.util.Optional;

/** Where reading begins in a partition that the job has no committed offset for. */
enum StartAt {
    /** With the oldest record that is retained. */
    EARLIEST,
    /** With the next record that is produced. */
    LATEST;

    /** The choice called {@code name}, in any case. */
    static Optional<StartAt> of(String name) {
        for (StartAt choice : values()) {
            if (choice.name().equals(name.toUpperCase(Locale.ROOT))) {
                return Optional.of(choice);
            }
        }
        return Optional.empty();
    }
}
