package io.millstream.broker.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * How much of each log in a data directory was committed, as of a while ago. A start that knows it lets consumers read at
 * once what they could read before; without it, they wait until the replicas have met. What is not there is not needed.
 *
 * <p>Not for use by several threads, but for {@link #find}.
 */
final class HighWatermarks {

    static final Checkpoint FILE = new Checkpoint("high-watermarks", 1);

    private final Disk disk;
    private final Path file;
    private volatile Map<UUID, Map<Integer, Long>> known; // null until needed; immutable

    HighWatermarks(Disk disk, Path directory) {
        this.disk = disk;
        this.file = directory.resolve(FILE.kind());
    }

    /** What was saved for a log. */
    OptionalLong find(PartitionLog log) {
        if (known == null) {
            known = load();
        }
        Long found =
                known.getOrDefault(log.topicId(), Map.of()).get(log.partition().partition());
        return found == null ? OptionalLong.empty() : OptionalLong.of(found);
    }

    private Map<UUID, Map<Integer, Long>> load() {
        Map<UUID, Map<Integer, Long>> loaded = new HashMap<>();
        for (String line : FILE.read(disk, file).orElse(List.of())) {
            String[] words = line.split(" ", -1);
            try {
                loaded.computeIfAbsent(UUID.fromString(words[1]), topic -> new HashMap<>())
                        .put(Integer.parseInt(words[2]), Long.parseLong(words[3]));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                return Map.of(); // as good as missing
            }
        }
        return loaded;
    }

    /** Saves what each log has, if it differs from what is there. On disk when this returns. */
    void save(Map<PartitionLog, Long> marks) {
        Map<UUID, Map<Integer, Long>> next = new HashMap<>();
        List<String> lines = new ArrayList<>();
        marks.forEach((log, mark) -> {
            next.computeIfAbsent(log.topicId(), topic -> new HashMap<>())
                    .put(log.partition().partition(), mark);
            lines.add(log.partition().topic() + " " + log.topicId() + " "
                    + log.partition().partition() + " " + mark);
        });
        if (!next.equals(known)) {
            lines.sort(null);
            FILE.write(disk, file, lines);
            known = next;
        }
    }
}
