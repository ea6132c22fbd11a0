package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells what the small text files hold.
 *
 * @param name of the file
 * @param format its first line
 * @param kind of each entry
 * @param fields names of the words of a line, the last one taking the rest of it
 * @param layout how the words lie
 */
record CheckpointDump(String name, Checkpoint format, String kind, List<String> fields, Layout layout) {

    private enum Layout {
        /** One entry, each field on a line of its own. */
        FIELD_PER_LINE,
        /** An entry on each line. */
        ENTRY_PER_LINE
    }

    private static final List<CheckpointDump> ALL = List.of(
            perFile(LogFiles.METADATA, PartitionMetadata.FILE, "partition", "topic", "partition", "topicId"),
            perFile(LogFiles.STATE, LogState.FILE, "state", "logStartOffset", "recoveryPoint", "sparseBelow", "inside"),
            perFile(LogFiles.COMPACTION, CompactionPoint.FILE, "compaction", "firstDirtyOffset", "nextHorizonMillis"),
            perLine(LogFiles.EPOCHS, EpochLineage.FILE, "term", "epoch", "startOffset"),
            perLine(StopRecord.CLEAN, "log", "topic", "partition", "endOffset", "lastBaseOffset", "lastBytes"),
            perLine(StopRecord.RUNNING, "running", "bootId"),
            perLine(HighWatermarks.FILE, "committed", "topic", "topicId", "partition", "highWatermark"),
            perLine(DirectoryRegister.FILE, "directory", "path"));

    private static CheckpointDump perFile(String name, Checkpoint format, String kind, String... fields) {
        return new CheckpointDump(name, format, kind, List.of(fields), Layout.FIELD_PER_LINE);
    }

    private static CheckpointDump perLine(String name, Checkpoint format, String kind, String... fields) {
        return new CheckpointDump(name, format, kind, List.of(fields), Layout.ENTRY_PER_LINE);
    }

    private static CheckpointDump perLine(Checkpoint format, String kind, String... fields) {
        return perLine(format.kind(), format, kind, fields);
    }

    /** How to read the file of this name; empty if it is none of these. */
    static Optional<CheckpointDump> find(String name) {
        return ALL.stream().filter(each -> each.name.equals(name)).findFirst();
    }

    static List<String> names() {
        return ALL.stream().map(CheckpointDump::name).toList();
    }

    void dump(Disk disk, Path file, Consumer<DumpEntry> sink) {
        Optional<List<String>> lines = format.read(disk, file);
        if (lines.isEmpty()) {
            sink.accept(DumpEntry.damage(0, "the file fails its checksum, or is none of '" + format.kind() + "'"));
            return;
        }
        Optional<String> owner = Checkpoint.owner(lines.get());
        owner.ifPresent(it -> sink.accept(DumpEntry.of("owner", owner(it.split(" ", -1)))));
        List<String> rest =
                lines.get().subList(owner.isPresent() ? 1 : 0, lines.get().size());
        if (layout == Layout.FIELD_PER_LINE) {
            sink.accept(entry(rest.toArray(new String[0])));
        } else {
            rest.forEach(line -> sink.accept(entry(line.split(" ", fields.size()))));
        }
    }

    private static Object[] owner(String[] words) {
        return new Object[] {
            "topic",
            words[0],
            "partition",
            words.length > 1 ? words[1] : null,
            "topicId",
            words.length > 2 ? words[2] : null
        };
    }

    private DumpEntry entry(String... words) {
        Object[] pairs = new Object[2 * fields.size()];
        for (int i = 0; i < fields.size(); i++) {
            pairs[2 * i] = fields.get(i);
            pairs[2 * i + 1] = i < words.length ? words[i] : null;
        }
        return DumpEntry.of(kind, pairs);
    }
}
