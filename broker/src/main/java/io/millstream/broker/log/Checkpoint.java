package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.millstream.broker.log.StorageException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small text file of this broker's own, replaced as a whole: after any crash the old or the new content is there.
 *
 * <pre>
 * millstream &lt;kind&gt; &lt;version&gt;
 * lines, as the kind has them
 * crc32c &lt;8 hexadecimal digits: of everything before this line&gt;
 * </pre>
 *
 * <p>First and last line stay the same in all versions, so that a file of a later one can be told from garbage.
 *
 * @param kind what the file is, one word
 * @param version the highest that can be read, and the one that is written
 */
record Checkpoint(String kind, int version) {

    private static final Logger log = LoggerFactory.getLogger(Checkpoint.class);

    private static final String MAGIC = "millstream ";
    private static final String CHECKSUM = "crc32c ";

    /** Begins the first line of a file that belongs to one log. */
    private static final String OWNER = "of ";

    /** Larger than any that is written: a directory's 100,000 logs fit. */
    private static final int MAX_BYTES = 64 * 1024 * 1024;

    /** Replaces the file. On disk, name included, when this returns. */
    void write(Disk disk, Path file, List<String> lines) {
        replace(disk, file, encode(lines));
    }

    /** Makes the file in a directory that nobody knows yet. What it holds is on disk when this returns, its name is not. */
    void writeNew(Disk disk, Path file, List<String> lines) {
        try (DiskFile out = disk.open(file, Access.CREATE)) {
            out.write(encode(lines), 0);
            out.force();
        }
    }

    private ByteBuf encode(List<String> lines) {
        StringBuilder text = new StringBuilder()
                .append(MAGIC)
                .append(kind)
                .append(' ')
                .append(version)
                .append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        String checksum = checksum(text.toString());
        text.append(CHECKSUM).append(checksum).append('\n');
        return Unpooled.wrappedBuffer(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces a file that belongs to one log and can be told from another's. On disk, name included, when this returns. */
    void write(Disk disk, Path file, PartitionMetadata owner, List<String> lines) {
        write(disk, file, owned(owner, lines));
    }

    /** As {@link #writeNew(Disk, Path, List)}, of one log. */
    void writeNew(Disk disk, Path file, PartitionMetadata owner, List<String> lines) {
        writeNew(disk, file, owned(owner, lines));
    }

    private static List<String> owned(PartitionMetadata owner, List<String> lines) {
        List<String> all = new ArrayList<>(List.of(OWNER + owner.owner()));
        all.addAll(lines);
        return all;
    }

    /** Write aside, fsync, rename, fsync the directory. */
    static void replace(Disk disk, Path file, ByteBuf content) {
        Path aside = LogFiles.append(file, LogFiles.TEMPORARY);
        disk.delete(aside);
        try (DiskFile out = disk.open(aside, Access.CREATE)) {
            out.write(content, 0);
            out.force();
        }
        disk.rename(aside, file);
        disk.syncDirectory(file.getParent());
    }

    /**
     * The lines between the first and the last; empty if the file is missing or is not what was written, which is logged.
     *
     * @throws StorageException of kind {@link Kind#UNKNOWN_FORMAT} if a later version of this software wrote it
     */
    Optional<List<String>> read(Disk disk, Path file) {
        if (!disk.exists(file)) {
            return Optional.empty();
        }
        Optional<List<String>> lines = parse(file, readAll(disk, file));
        if (lines.isEmpty()) {
            log.warn("{} is damaged: ignored", file);
        }
        return lines;
    }

    /** As {@link #read(Disk, Path)}, without the owner's line; empty if the file is another log's, which is logged. */
    Optional<List<String>> read(Disk disk, Path file, PartitionMetadata owner) {
        Optional<List<String>> lines = read(disk, file);
        if (lines.isEmpty() || lines.get().isEmpty() || owner(lines.get()).isEmpty()) {
            return lines; // a file from before there were such lines
        }
        String found = owner(lines.get()).get();
        if (!found.equals(owner.owner())) {
            log.warn("{} is another log's, of {}: ignored", file, found);
            return Optional.empty();
        }
        return Optional.of(lines.get().subList(1, lines.get().size()));
    }

    /** Whose the lines of a file are; empty if they do not say. */
    static Optional<String> owner(List<String> lines) {
        return lines.isEmpty() || !lines.get(0).startsWith(OWNER)
                ? Optional.empty()
                : Optional.of(lines.get(0).substring(OWNER.length()));
    }

    private Optional<List<String>> parse(Path file, String text) {
        int last = text.lastIndexOf('\n' + CHECKSUM) + 1;
        if (last == 0 || !text.substring(last).equals(CHECKSUM + checksum(text.substring(0, last)) + '\n')) {
            return Optional.empty();
        }
        List<String> lines = List.of(text.substring(0, last).split("\n"));
        String head = MAGIC + kind + ' ';
        if (!lines.get(0).startsWith(head)) {
            return Optional.empty();
        }
        int found;
        try {
            found = Integer.parseInt(lines.get(0).substring(head.length()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        if (found > version) {
            throw new StorageException(
                    Kind.UNKNOWN_FORMAT,
                    file,
                    "format " + found + " of '" + kind + "'; this version knows " + version
                            + " and lower. Run the version that wrote it");
        }
        return Optional.of(lines.subList(1, lines.size()));
    }

    private static String readAll(Disk disk, Path file) {
        try (DiskFile in = disk.open(file, Access.READ)) {
            long size = in.size();
            if (size > MAX_BYTES) {
                return "";
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            in.read(bytes, 0);
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
