package io.millstream.broker.simulation;

import io.millstream.coordination.Versioned;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Znodes as one server of a simulated ZooKeeper has them. Guarded by the scheduler's monitor. */
final class SimTree {

    /** @param owner session that an ephemeral znode belongs to; 0 for a persistent one */
    record Znode(byte[] data, int version, long createdZxid, long modifiedMillis, long owner) {}

    /** @param after the znode as it is then; null if it was deleted */
    record Change(String path, Znode after) {}

    /** What is applied together. */
    record Transaction(long zxid, List<Change> changes) {}

    private static final Znode ROOT = new Znode(new byte[0], 0, 0, 0, 0);

    private final NavigableMap<String, Znode> znodes = new TreeMap<>();

    SimTree() {
        znodes.put("/", ROOT);
    }

    void apply(Transaction transaction) {
        for (Change change : transaction.changes) {
            if (change.after == null) {
                znodes.remove(change.path);
            } else {
                znodes.put(change.path, change.after);
            }
        }
    }

    Optional<Znode> find(String path) {
        return Optional.ofNullable(znodes.get(path));
    }

    Optional<Versioned<byte[]>> read(String path) {
        return find(path)
                .map(found -> new Versioned<>(
                        found.data.clone(), found.version, found.createdZxid, found.modifiedMillis, found.owner));
    }

    /** Paths of all znodes below {@code path}, in order. */
    NavigableMap<String, Znode> below(String path) {
        String prefix = path.equals("/") ? "/" : path + "/";
        // '0' follows '/', and nothing that begins with the prefix comes behind it.
        NavigableMap<String, Znode> below =
                znodes.subMap(prefix, false, prefix.substring(0, prefix.length() - 1) + "0", false);
        return below;
    }

    List<String> children(String path) {
        int start = path.equals("/") ? 1 : path.length() + 1;
        return below(path).keySet().stream()
                .filter(each -> each.indexOf('/', start) < 0)
                .map(each -> each.substring(start))
                .sorted()
                .toList();
    }

    /** The ephemeral znodes of a session. */
    List<String> ephemeralsOf(long session) {
        return znodes.entrySet().stream()
                .filter(each -> each.getValue().owner == session)
                .map(each -> each.getKey())
                .toList();
    }
}
