package io.millstream.broker.simulation;

import io.millstream.broker.simulation.SimCall.Answer;
import io.millstream.broker.simulation.SimCall.Outcome;
import io.millstream.broker.simulation.SimCall.Way;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Write;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.common.PathUtils;

/** How a {@link SimZooKeeper} answers what passes its leader. Guarded by the scheduler's monitor. */
final class SimAnswers {

    private static final int OVERHEAD_BYTES = 64;

    private final SimZooKeeper zooKeeper;

    SimAnswers(SimZooKeeper zooKeeper) {
        this.zooKeeper = zooKeeper;
    }

    /** All steps, or none. */
    Answer<List<Integer>> commit(List<Write> steps) {
        return (server, session, way, outcome) -> write(steps, new Asked(server, session, way), outcome);
    }

    /** Once answered, the server has everything that had been ordered when the leader was asked. */
    Answer<Void> contact() {
        return (server, session, way, outcome) -> way.go(() -> {
            if (!zooKeeper.touch(session)) {
                return;
            }
            int position = zooKeeper.committed();
            way.go(() -> {
                server.applyUpTo(position);
                outcome.accept(Outcome.of(null));
            });
        });
    }

    /** A znode and those above it, where missing. */
    Answer<Void> path(String path) {
        return (server, session, way, outcome) -> ensure(withAncestors(path), new Asked(server, session, way), outcome);
    }

    private record Asked(SimServer server, SimZooKeeper.Session session, Way way) {}

    private void write(List<Write> steps, Asked asked, Consumer<Outcome<List<Integer>>> outcome) {
        asked.way.go(() -> {
            if (!zooKeeper.touch(asked.session)) {
                return; // the connection will be closed, and with it the outcome is unknown
            }
            SimVerdict verdict = zooKeeper.commit(steps, asked.session);
            int position = zooKeeper.committed();
            asked.way.go(() -> {
                asked.server.applyUpTo(position);
                outcome.accept(new Outcome<>(verdict.versions(), verdict.failure()));
            });
        });
    }

    private void ensure(List<String> paths, Asked asked, Consumer<Outcome<Void>> outcome) {
        if (paths.isEmpty()) {
            outcome.accept(Outcome.of(null));
            return;
        }
        List<Write> first = List.of(new Write.Create(paths.get(0), new byte[0]));
        write(first, asked, created -> {
            if (created.failure() != null && created.failure().reason() == Reason.REFUSED) {
                outcome.accept(Outcome.failed(created.failure()));
            } else {
                ensure(paths.subList(1, paths.size()), asked, outcome);
            }
        });
    }

    private static List<String> withAncestors(String path) {
        List<String> paths = new ArrayList<>();
        for (int at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
            paths.add(path.substring(0, at));
        }
        if (path.length() > 1) {
            paths.add(path);
        }
        return paths;
    }

    /** How large a commit is when sent. */
    static long bytes(List<Write> steps) {
        long bytes = OVERHEAD_BYTES;
        for (Write step : steps) {
            bytes += OVERHEAD_BYTES + step.path().getBytes(StandardCharsets.UTF_8).length + data(step).length;
        }
        return bytes;
    }

    private static byte[] data(Write step) {
        if (step instanceof Write.Create create) {
            return create.data();
        }
        if (step instanceof Write.CreateEphemeral create) {
            return create.data();
        }
        return step instanceof Write.Update update ? update.data() : new byte[0];
    }

    /** Why a path is none. */
    static Optional<CoordinationException> illegal(String path) {
        try {
            PathUtils.validatePath(path);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(new CoordinationException(Reason.REFUSED, e.getMessage(), path, e));
        }
    }
}
