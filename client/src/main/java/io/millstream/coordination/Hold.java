package io.millstream.coordination;

/**
 * {@code /holds/<name>}, as far as groups are concerned: the group whose offsets say what may not be deleted yet.
 *
 * @param group the holder
 */
public record Hold(String group) {}
