package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every data directory holds a list of all that its broker uses. A directory without such a list that stands in another
 * one's has been used before: its disk is not mounted, or was replaced. To make empty logs there, in place of those that
 * it had, would lose them; so it is offline.
 *
 * <p>A disk that was replaced is accepted by a start without it: it stands in no list afterwards.
 */
final class DirectoryRegister {

    static final Checkpoint FILE = new Checkpoint("data-directories", 1);

    /** What some file systems have in their root when they are empty. */
    private static final String LOST_AND_FOUND = "lost+found";

    private final List<LogDirectory> directories;
    private final Set<Path> today = new TreeSet<>();

    /** @param directories all of the broker's; those that are not offline have been claimed */
    DirectoryRegister(List<LogDirectory> directories) {
        this.directories = directories;
    }

    /**
     * Takes offline what has become empty, and adds what is new to the lists everywhere else. Nothing leaves them before
     * {@link #settle}: whoever dies, or stops, before others know what is missing must find it missing again.
     *
     * @return whether every directory of the list before is there and can be used
     */
    boolean check() {
        Set<Path> used = new HashSet<>();
        Set<Path> listed = new HashSet<>();
        for (LogDirectory directory : healthy()) {
            directory.attempt(disk -> FILE.read(disk, file(directory))).ifPresent(list -> {
                if (list.isPresent()) {
                    used.add(name(directory));
                    list.get().forEach(line -> listed.add(Path.of(line)));
                }
            });
        }
        for (LogDirectory directory : healthy()) {
            boolean hadLogs = listed.contains(name(directory)) && !used.contains(name(directory));
            if (hadLogs
                    && directory
                            .attempt(disk -> isEmpty(disk, directory.path()))
                            .orElse(false)) {
                directory.fail(new StorageException(
                        Kind.NOT_FOUND,
                        directory.path(),
                        "the data directory was used before and is empty now; mount its disk and start again. If its"
                                + " data is lost for good, start once without it in log.dirs"));
            }
        }
        // First each one's own, then the others': who dies in between must not leave one listed that is still empty.
        for (LogDirectory directory : healthy()) {
            if (!used.contains(name(directory))) {
                write(directory, List.of(name(directory).toString()));
            }
        }
        // What has not worked yet is not listed: it may well be empty when it does.
        directories.stream()
                .filter(each -> each.failure().isEmpty() || listed.contains(name(each)))
                .forEach(each -> today.add(name(each)));
        Set<Path> either = new TreeSet<>(listed);
        either.addAll(today);
        write(either);
        return healthy().stream().map(DirectoryRegister::name).toList().containsAll(listed);
    }

    /** Writes the list of today everywhere. What is missing is not missed any more. */
    void settle() {
        write(today);
    }

    private void write(Set<Path> list) {
        List<String> lines = list.stream().map(Path::toString).toList();
        healthy().forEach(directory -> write(directory, lines));
    }

    private static void write(LogDirectory directory, List<String> list) {
        Optional<?> unused = directory.attempt(disk -> {
            if (!FILE.read(disk, file(directory)).equals(Optional.of(list))) {
                FILE.write(disk, file(directory), list);
            }
            return list;
        });
    }

    /** Whether neither logs are there nor a trace of a broker. */
    private static boolean isEmpty(Disk disk, Path directory) {
        return disk.list(directory).stream()
                .noneMatch(name -> name.equals(StopRecord.RUNNING.kind())
                        || (disk.isDirectory(directory.resolve(name)) && !name.equals(LOST_AND_FOUND)));
    }

    private List<LogDirectory> healthy() {
        return directories.stream()
                .filter(directory -> directory.failure().isEmpty())
                .toList();
    }

    private static Path name(LogDirectory directory) {
        return directory.path().toAbsolutePath().normalize();
    }

    private static Path file(LogDirectory directory) {
        return directory.path().resolve(FILE.kind());
    }
}
