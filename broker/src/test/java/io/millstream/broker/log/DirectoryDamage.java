package io.millstream.broker.log;

import io.millstream.broker.log.Disk.Access;
import io.millstream.broker.simulation.SimDisk;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Does by a seed to the files of a data directory what failing disks, tools and people do. */
final class DirectoryDamage {

    /** What befalls a file. */
    enum Mishap {
        BITS_FLIPPED,
        CUT,
        EXTENDED,
        GARBAGE,
        ZEROS_INSIDE,
        DUPLICATED,
        SWAPPED,
        DELETED
    }

    private final SimDisk disk;
    private final SeededEntropy entropy;
    private final List<Path> files = new ArrayList<>();
    private final Set<Path> touched = new HashSet<>();
    private final List<String> history;

    DirectoryDamage(SimDisk disk, Path root, SeededEntropy entropy, List<String> history) {
        this.disk = disk;
        this.entropy = entropy;
        this.history = history;
        collect(root);
    }

    private void collect(Path directory) {
        for (String name : disk.list(directory)) {
            Path path = directory.resolve(name);
            if (disk.isDirectory(path)) {
                collect(path);
            } else {
                files.add(path);
            }
        }
    }

    /** Whether something has happened to the file. */
    boolean touched(Path file) {
        return touched.contains(file);
    }

    void befall() {
        Path file = files.get(entropy.nextInt(files.size()));
        if (!disk.exists(file)) {
            return;
        }
        Mishap mishap = Mishap.values()[entropy.nextInt(Mishap.values().length)];
        history.add(file + " " + mishap);
        touched.add(file);
        byte[] bytes = disk.content(file);
        switch (mishap) {
            case BITS_FLIPPED -> flip(file, bytes);
            case CUT -> disk.replace(file, Arrays.copyOf(bytes, entropy.nextInt(bytes.length + 1)));
            case EXTENDED -> extend(file, bytes);
            case GARBAGE -> {
                disk.replace(file, noise(entropy.nextInt(2 * bytes.length + 1)));
            }
            case ZEROS_INSIDE -> {
                int from = entropy.nextInt(bytes.length + 1);
                Arrays.fill(bytes, from, from + entropy.nextInt(bytes.length - from + 1), (byte) 0);
                disk.replace(file, bytes);
            }
            case DUPLICATED -> duplicate(file, bytes);
            case SWAPPED -> exchange(file, bytes);
            case DELETED -> disk.delete(file);
        }
    }

    private void flip(Path file, byte[] bytes) {
        for (int i = entropy.between(1, 4); i > 0 && bytes.length > 0; i--) {
            bytes[entropy.nextInt(bytes.length)] ^= (byte) (1 << entropy.nextInt(8));
        }
        disk.replace(file, bytes);
    }

    private void extend(Path file, byte[] bytes) {
        byte[] more = entropy.chance(0.3) ? bytes.clone() : noise(entropy.between(1, 200));
        if (entropy.chance(0.3)) {
            Arrays.fill(more, (byte) 0);
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, longer, bytes.length, more.length);
        disk.replace(file, longer);
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        for (int i = 0; i < length; i++) {
            noise[i] = (byte) entropy.nextInt(256);
        }
        return noise;
    }

    /** The file is there twice, under a name that means something. */
    private void duplicate(Path file, byte[] bytes) {
        String name = file.getFileName().toString();
        int dot = name.indexOf('.');
        String end = dot < 0 ? "" : name.substring(dot);
        long offset = entropy.nextInt(150);
        Path directory = file.getParent();
        Path to =
                switch (entropy.nextInt(6)) {
                    case 0 -> LogFiles.of(directory, offset, end.isEmpty() ? LogFiles.LOG : end);
                    case 1 -> LogFiles.of(directory, offset, LogFiles.LOG);
                    case 2 -> LogFiles.swap(directory, new LogFiles.Swap(offset, offset + entropy.nextInt(60)));
                    case 3 -> LogFiles.append(file, LogFiles.CLEANED);
                    case 4 -> LogFiles.of(directory, Long.MAX_VALUE - offset, LogFiles.LOG);
                    default -> LogFiles.append(file, LogFiles.TEMPORARY);
                };
        history.add("  as " + to);
        touched.remove(file);
        put(to, bytes);
    }

    /** Two files of one kind have changed places; of two logs, more often than not. */
    private void exchange(Path file, byte[] bytes) {
        String name = file.getFileName().toString();
        String kind = name.substring(Math.max(0, name.indexOf('.')));
        List<Path> others = files.stream()
                .filter(each -> !each.equals(file)
                        && disk.exists(each)
                        && each.toString().endsWith(kind))
                .toList();
        if (others.isEmpty()) {
            return;
        }
        Path other = others.get(entropy.nextInt(others.size()));
        history.add("  with " + other);
        byte[] theirs = disk.content(other);
        put(other, bytes);
        put(file, theirs);
    }

    private void put(Path file, byte[] bytes) {
        touched.add(file);
        disk.delete(file);
        try (DiskFile out = disk.open(file, Access.CREATE)) {
            out.write(Unpooled.wrappedBuffer(bytes), 0);
            out.force();
        }
        disk.syncDirectory(file.getParent());
    }
}
