package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.OptionalLong;

/** How the files of a log are named. */
final class LogFiles {

    static final String LOG = ".log";
    static final String OFFSET_INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    static final String SNAPSHOT = ".snapshot";

    /** Appended to what is no longer part of a log; whatever ends so may be deleted at any time. */
    static final String DELETED = ".deleted";

    /** Appended to what is being written and will be renamed. */
    static final String TEMPORARY = ".tmp";

    static final String METADATA = "partition.metadata";
    static final String STATE = "log-state";
    static final String EPOCHS = "leader-epochs";

    /** Digits of the largest offset and one more, so that names sort as numbers do. */
    private static final int DIGITS = 20;

    private LogFiles() {}

    /** The file that belongs to the offset. */
    static Path of(Path directory, long offset, String suffix) {
        return directory.resolve(digits(offset) + suffix);
    }

    private static String digits(long offset) {
        String number = Long.toString(offset);
        return "0".repeat(DIGITS - number.length()) + number;
    }

    /** The offset that a file of this kind is named after; empty if it is not one. */
    static OptionalLong offset(String name, String suffix) {
        if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return OptionalLong.empty();
        }
        String number = name.substring(0, DIGITS);
        if (!number.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(number));
        } catch (NumberFormatException beyondTheLargestOffset) {
            return OptionalLong.empty();
        }
    }

    static boolean isLeftover(String name) {
        return name.endsWith(DELETED) || name.endsWith(TEMPORARY);
    }

    /** The same path with something appended to the name. */
    static Path append(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }
}
