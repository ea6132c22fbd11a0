package io.millstream.schemas.serde;

import java.util.regex.Pattern;

/** Messages of others, which may quote data: on one line and of a length that one reads. */
final class OneLine {

    private static final int LONGEST = 600;
    private static final Pattern BREAKS = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029\\s]+");

    private OneLine() {}

    static String of(String message) {
        String line = BREAKS.matcher(message).replaceAll(" ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
