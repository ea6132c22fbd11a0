package io.millstream.hadoop.ingest.storage;

import io.millstream.core.TopicName;

/** Names of files and folders that nobody hides. */
public final class FolderNames {

    private FolderNames() {}

    /**
     * The topic's name for files and folders. Hadoop's readers skip what starts with {@code _} or {@code .}, so such a first
     * letter is written as {@code %5F} or {@code %2E}. No other topic has the same: a topic's name has no {@code %}.
     */
    public static String of(TopicName topic) {
        String name = topic.value();
        return switch (name.charAt(0)) {
            case '_' -> "%5F" + name.substring(1);
            case '.' -> "%2E" + name.substring(1);
            default -> name;
        };
    }
}
