package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.Optional;
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

    /** Appended to what compaction is writing. */
    static final String CLEANED = ".cleaned";

    /** Ends the name of a segment that is about to take the place of others; see {@link #swap}. */
    static final String SWAP = ".swap";

    static final String METADATA = "partition.metadata";
    static final String STATE = "log-state";
    static final String JOURNAL = "journal";
    static final String JOURNAL_COPY = "journal-copy";
    static final String EPOCHS = "leader-epochs";
    static final String COMPACTION = "compaction";

    /** Digits of the largest offset and one more, so that names sort as numbers do. */
    private static final int DIGITS = 20;

    private LogFiles() {}

    /** The file that belongs to the offset. */
    static Path of(Path directory, long offset, String suffix) {
        return directory.resolve(digits(offset) + suffix);
    }

    /** The segments from {@code baseOffset} to {@code endOffset}, exclusive, which another is to replace. */
    record Swap(long baseOffset, long endOffset) {}

    /** What takes the place of the segments from one offset to another. The name says all that is needed to finish that. */
    static Path swap(Path directory, Swap swap) {
        return directory.resolve(digits(swap.baseOffset) + '-' + digits(swap.endOffset) + SWAP);
    }

    /** What the file is to replace; empty if it is no such file. */
    static Optional<Swap> swap(String name) {
        int dash = name.indexOf('-');
        if (dash != DIGITS) {
            return Optional.empty();
        }
        OptionalLong base = offset(name.substring(0, dash), "");
        OptionalLong end = offset(name.substring(dash + 1), SWAP);
        return base.isPresent() && end.isPresent()
                ? Optional.of(new Swap(base.getAsLong(), end.getAsLong()))
                : Optional.empty();
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
        for (int i = 0; i < DIGITS; i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return OptionalLong.empty();
            }
        }
        try {
            return OptionalLong.of(Long.parseLong(name, 0, DIGITS, 10));
        } catch (NumberFormatException beyondTheLargestOffset) {
            return OptionalLong.empty();
        }
    }

    static boolean isLeftover(String name) {
        return name.endsWith(DELETED) || name.endsWith(TEMPORARY) || name.endsWith(CLEANED);
    }

    /** The same path with something appended to the name. */
    static Path append(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }
}
