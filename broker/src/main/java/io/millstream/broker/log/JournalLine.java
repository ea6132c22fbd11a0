package io.millstream.broker.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A line of a {@link LogJournal}, text that a person can read. All are of one length, so that each lies within one sector,
 * and one that is damaged does not hide the others. The checksum counts the owner in: another log's line is none.
 *
 * <pre>
 * number word ...   &lt;spaces&gt;   &lt;8 hexadecimal digits: crc32c of the owner and everything before&gt; \n
 * </pre>
 *
 * @param number higher than that of any earlier line
 * @param text what it says
 */
record JournalLine(long number, String text) {

    static final int BYTES = 128;

    private static final int CHECKED = BYTES - 9;

    byte[] encode(String owner) {
        byte[] line = new byte[BYTES];
        Arrays.fill(line, (byte) ' ');
        byte[] words = (number + " " + text).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(words, 0, line, 0, words.length);
        byte[] checksum = checksum(owner, line, 0).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(checksum, 0, line, CHECKED, checksum.length);
        line[BYTES - 1] = '\n';
        return line;
    }

    /** The line that begins at an index; empty if it is not what was written, or another owner's. */
    static Optional<JournalLine> parse(String owner, byte[] bytes, int at) {
        if (at + BYTES > bytes.length || bytes[at + BYTES - 1] != '\n') {
            return Optional.empty();
        }
        String checksum = new String(bytes, at + CHECKED, BYTES - 1 - CHECKED, StandardCharsets.ISO_8859_1);
        if (!checksum.equals(checksum(owner, bytes, at))) {
            return Optional.empty();
        }
        String line = new String(bytes, at, CHECKED, StandardCharsets.ISO_8859_1).stripTrailing();
        int space = line.indexOf(' ');
        try {
            return Optional.of(new JournalLine(Long.parseLong(line.substring(0, space)), line.substring(space + 1)));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** The lines in a file that are what was written and this owner's; what lies between is passed over. */
    static List<JournalLine> parseAll(String owner, byte[] bytes) {
        List<JournalLine> lines = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += BYTES) {
            parse(owner, bytes, at).ifPresent(lines::add);
        }
        return lines;
    }

    private static String checksum(String owner, byte[] bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(owner.getBytes(StandardCharsets.UTF_8));
        crc.update(bytes, at, CHECKED);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
