package io.millstream.broker.simulation;

import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A file system's tree of names. Changes of names are seen at once, and are on the platter once a directory that they
 * touch has been synced; until then each of them may be there or not, independently of the others, except that those of
 * one name keep their order and that a rename happens as a whole. Not for use by several threads.
 */
final class SimVolume {

    /** One name and what it stands for afterwards; null if nothing. */
    private record Edit(SimFolder folder, String name, SimNode after) {

        private Place place() {
            return new Place(folder, name);
        }
    }

    /** A name; folders are compared by identity. */
    private record Place(SimFolder folder, String name) {}

    /** Edits that happen together. */
    private record Change(List<Edit> edits) {}

    private final SimFolder root = new SimFolder();
    private final List<Change> unsettled = new ArrayList<>();

    Optional<SimNode> find(Path path) {
        SimNode node = root;
        for (Path name : path.toAbsolutePath()) {
            if (!(node instanceof SimFolder folder)) {
                return Optional.empty();
            }
            node = folder.entries.get(name.toString());
        }
        return Optional.ofNullable(node);
    }

    SimContent file(Path path) {
        SimNode node = find(path).orElseThrow(() -> failure(Kind.NOT_FOUND, path, "it does not exist"));
        if (node instanceof SimContent content) {
            return content;
        }
        throw failure(Kind.IO, path, "Is a directory");
    }

    SimFolder folder(Path path) {
        SimNode node = find(path).orElseThrow(() -> failure(Kind.NOT_FOUND, path, "it does not exist"));
        if (node instanceof SimFolder folder) {
            return folder;
        }
        throw failure(Kind.IO, path, "Not a directory");
    }

    private SimFolder parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw failure(Kind.IO, path, "is the root");
        }
        return folder(parent);
    }

    /** A new file. */
    SimContent create(Path path, long nowMillis) {
        if (find(path).isPresent()) {
            throw failure(Kind.EXISTS, path, "it exists");
        }
        SimContent created = new SimContent(nowMillis);
        change(List.of(new Edit(parent(path), name(path), created)));
        return created;
    }

    void createFolders(Path path) {
        Path absolute = path.toAbsolutePath();
        if (absolute.getParent() == null
                || find(absolute).filter(SimFolder.class::isInstance).isPresent()) {
            return;
        }
        if (find(absolute).isPresent()) {
            throw failure(Kind.EXISTS, path, "it exists");
        }
        createFolders(absolute.getParent());
        change(List.of(new Edit(parent(absolute), name(absolute), new SimFolder())));
    }

    void rename(Path from, Path to) {
        SimNode node = find(from).orElseThrow(() -> failure(Kind.NOT_FOUND, from, "it does not exist"));
        SimFolder target = parent(to);
        Optional<SimNode> there = find(to);
        if (there.isPresent() && there.get() == node) {
            return;
        }
        if (there.isPresent()) {
            ensureGivesWay(from, node, there.get());
        }
        change(List.of(new Edit(parent(from), name(from), null), new Edit(target, name(to), node)));
    }

    private static void ensureGivesWay(Path from, SimNode node, SimNode there) {
        if (there instanceof SimFolder folder) {
            if (node instanceof SimContent) {
                throw failure(Kind.IO, from, "Is a directory");
            }
            ensureEmpty(from, folder);
        } else if (node instanceof SimFolder) {
            throw failure(Kind.IO, from, "Not a directory");
        }
    }

    private static void ensureEmpty(Path path, SimFolder folder) {
        if (!folder.entries.isEmpty()) {
            throw failure(Kind.IO, path, "Directory not empty");
        }
    }

    void delete(Path path) {
        Optional<SimNode> node = find(path);
        if (node.isEmpty()) {
            return;
        }
        if (node.get() instanceof SimFolder folder) {
            ensureEmpty(path, folder);
        }
        change(List.of(new Edit(parent(path), name(path), null)));
    }

    private void change(List<Edit> edits) {
        for (Edit edit : edits) {
            apply(edit, edit.folder.entries);
        }
        unsettled.add(new Change(edits));
    }

    private static void apply(Edit edit, java.util.Map<String, SimNode> names) {
        if (edit.after == null) {
            names.remove(edit.name);
        } else {
            names.put(edit.name, edit.after);
        }
    }

    /** Puts the names of a directory on the platter. */
    void sync(Path path) {
        SimFolder folder = folder(path);
        settle(change -> change.edits.stream().anyMatch(edit -> edit.folder == folder));
    }

    /** Puts changes on the platter, and with each the earlier ones of the same names. */
    private void settle(Predicate<Change> which) {
        Set<Place> needed = new HashSet<>();
        List<Change> settling = new ArrayList<>();
        for (int i = unsettled.size() - 1; i >= 0; i--) {
            Change change = unsettled.get(i);
            boolean wanted = which.test(change);
            if (wanted || change.edits.stream().anyMatch(edit -> needed.contains(edit.place()))) {
                change.edits.forEach(edit -> needed.add(edit.place()));
                settling.add(0, change);
                unsettled.remove(i);
            }
        }
        for (Change change : settling) {
            change.edits.forEach(edit -> apply(edit, edit.folder.settled));
        }
    }

    /** Keeps what is on the platter, and of the rest what happened to get there. */
    void losePower(Random random) {
        int oneIn = 1 + random.nextInt(3);
        settle(change -> random.nextInt(oneIn) == 0);
        unsettled.clear();
        root.losePower(random);
    }

    long usedBytes() {
        return root.usedBytes();
    }

    private static String name(Path path) {
        return path.toAbsolutePath().getFileName().toString();
    }

    private static StorageException failure(Kind kind, Path path, String why) {
        return new StorageException(kind, path, why);
    }
}
