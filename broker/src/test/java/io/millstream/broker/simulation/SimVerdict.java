package io.millstream.broker.simulation;

import io.millstream.broker.simulation.SimTree.Change;
import io.millstream.broker.simulation.SimTree.Znode;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What ZooKeeper's leader makes of a commit: the changes it is, or why nothing is changed. Steps see what those before them
 * did.
 *
 * @param failure null if it can be done
 * @param versions what {@code Coordination.commit} answers
 */
record SimVerdict(CoordinationException failure, List<Change> changes, List<Integer> versions) {

    /** Who asks, and when. */
    record Occasion(long zxid, long session, long millis) {}

    static SimVerdict of(SimTree tree, List<Write> steps, Occasion occasion) {
        Draft draft = new Draft(tree, occasion);
        for (Write step : steps) {
            CoordinationException failure = draft.apply(step);
            if (failure != null) {
                return new SimVerdict(failure, List.of(), List.of());
            }
        }
        return new SimVerdict(null, draft.changes, draft.versions);
    }

    private static final class Draft {
        private final SimTree tree;
        private final Occasion occasion;
        private final Map<String, Optional<Znode>> changed = new HashMap<>();
        private final List<Change> changes = new ArrayList<>();
        private final List<Integer> versions = new ArrayList<>();

        private Draft(SimTree tree, Occasion occasion) {
            this.tree = tree;
            this.occasion = occasion;
        }

        private Optional<Znode> find(String path) {
            Optional<Znode> here = changed.get(path);
            return here == null ? tree.find(path) : here;
        }

        /** Null if it was done. */
        private CoordinationException apply(Write step) {
            if (step instanceof Write.Create create) {
                return create(create.path(), create.data(), 0);
            }
            if (step instanceof Write.CreateEphemeral create) {
                return create(create.path(), create.data(), occasion.session);
            }
            Optional<Znode> found = find(step.path());
            if (found.isEmpty()) {
                return conflict(step, "it, or its parent, does not exist");
            }
            if (step instanceof Write.Check check) {
                return versioned(step, found.get(), check.version(), () -> versions.add(-1));
            }
            if (step instanceof Write.Update update) {
                return versioned(step, found.get(), update.version(), () -> update(found.get(), update));
            }
            Write.Delete delete = (Write.Delete) step;
            if (found.get().version() == delete.version() && hasChildren(step.path())) {
                return conflict(step, "it has children");
            }
            return versioned(step, found.get(), delete.version(), () -> {
                put(step.path(), null);
                versions.add(-1);
            });
        }

        private CoordinationException versioned(Write step, Znode found, int version, Runnable done) {
            if (version >= 0 && found.version() != version) {
                return conflict(step, "it was changed meanwhile");
            }
            done.run();
            return null;
        }

        private CoordinationException create(String path, byte[] data, long owner) {
            String parent = path.lastIndexOf('/') == 0 ? "/" : path.substring(0, path.lastIndexOf('/'));
            Write step = new Write.Create(path, data);
            Optional<Znode> above = find(parent);
            if (above.isEmpty()) {
                return conflict(step, "it, or its parent, does not exist");
            }
            if (find(path).isPresent()) {
                return conflict(step, "it exists already");
            }
            if (above.get().owner() != 0) {
                return new CoordinationException(
                        Reason.REFUSED, "creation of " + path + ": its parent is ephemeral", path, null);
            }
            put(path, new Znode(data.clone(), 0, occasion.zxid, occasion.millis, owner));
            versions.add(0);
            return null;
        }

        private void update(Znode found, Write.Update update) {
            int version = found.version() + 1;
            put(
                    update.path(),
                    new Znode(update.data().clone(), version, found.createdZxid(), occasion.millis, found.owner()));
            versions.add(version);
        }

        private void put(String path, Znode after) {
            changed.put(path, Optional.ofNullable(after));
            changes.add(new Change(path, after));
        }

        private boolean hasChildren(String path) {
            String prefix = path + "/";
            boolean added = changed.entrySet().stream()
                    .anyMatch(each ->
                            each.getKey().startsWith(prefix) && each.getValue().isPresent());
            return added || tree.below(path).keySet().stream().anyMatch(each -> !changed.containsKey(each));
        }

        private static CoordinationException conflict(Write step, String why) {
            return new CoordinationException(Reason.CONFLICT, step.path() + ": " + why, step.path(), null);
        }
    }
}
