package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells what a log's journal says, line by line. Whose lines count is told by the metadata beside it. */
final class JournalDump {

    static final List<String> NAMES = List.of(LogFiles.JOURNAL, LogFiles.JOURNAL_COPY);

    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private JournalDump() {}

    static void run(Disk disk, Path file, Consumer<DumpEntry> sink) {
        Optional<List<String>> owner = PartitionMetadata.FILE.read(disk, file.resolveSibling(LogFiles.METADATA));
        if (owner.isEmpty()) {
            sink.accept(DumpEntry.damage(0, "whose it is cannot be told without " + LogFiles.METADATA));
            return;
        }
        byte[] bytes = readAll(disk, file);
        for (int at = 0; at < bytes.length; at += JournalLine.BYTES) {
            Optional<JournalLine> line = JournalLine.parse(String.join(" ", owner.get()), bytes, at);
            sink.accept(line.map(it -> DumpEntry.of("line", "number", it.number(), "text", it.text()))
                    .orElse(DumpEntry.damage(at, "a line that is damaged, or another log's; the broker does without")));
        }
    }

    private static byte[] readAll(Disk disk, Path file) {
        try (DiskFile in = disk.open(file, Access.READ)) {
            ByteBuffer all = ByteBuffer.allocate((int) Math.min(MAX_BYTES, in.size()));
            in.read(all, 0);
            return all.array();
        }
    }
}
