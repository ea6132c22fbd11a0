package io.millstream.broker.log;

import io.millstream.core.Entropy;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Optional;

/** How the directories of logs are named, and those of logs that are being made, deleted or set aside. */
final class DirectoryNames {

    private static final String DELETE_SUFFIX = "-delete";
    private static final String CREATE_SUFFIX = "-new";
    private static final String DAMAGED_SUFFIX = "-damaged";

    /** The longest file name that file systems allow. */
    private static final int NAME_LENGTH = 255;

    private DirectoryNames() {}

    /** The partition whose log is in a directory of this name; empty if it is none's. */
    static Optional<TopicPartition> partition(String name) {
        int dash = name.lastIndexOf('-');
        if (dash < 0 || TopicName.objection(name.substring(0, dash)).isPresent()) {
            return Optional.empty();
        }
        try {
            int number = Integer.parseInt(name.substring(dash + 1));
            // "-01" or "-+1" would be a second name for the same partition.
            return Optional.of(new TopicPartition(name.substring(0, dash), number))
                    .filter(partition -> partition.toString().equals(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether a directory of this name holds what is half made or half deleted. */
    static boolean isAside(String name) {
        return name.endsWith(DELETE_SUFFIX) || name.endsWith(CREATE_SUFFIX);
    }

    /** Whether a directory of this name holds a damaged log that is kept for a person to look at. */
    static boolean isDamaged(String name) {
        return name.endsWith(DAMAGED_SUFFIX);
    }

    static String damaged(TopicPartition partition, Entropy entropy) {
        return aside(partition, entropy, DAMAGED_SUFFIX);
    }

    static String beingMade(TopicPartition partition, Entropy entropy) {
        return aside(partition, entropy, CREATE_SUFFIX);
    }

    static String beingDeleted(TopicPartition partition, Entropy entropy) {
        return aside(partition, entropy, DELETE_SUFFIX);
    }

    /** A name that no partition can have, and that no other attempt has. */
    private static String aside(TopicPartition partition, Entropy entropy, String suffix) {
        String tail = "." + entropy.uuid().toString().replace("-", "") + suffix;
        String name = partition.toString();
        return name.substring(0, Math.min(name.length(), NAME_LENGTH - tail.length())) + tail;
    }
}
