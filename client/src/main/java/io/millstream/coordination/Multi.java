package io.millstream.coordination;

import io.millstream.coordination.CoordinationException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.common.PathUtils;

/** The steps of one commit, as ZooKeeper's {@code multi} takes and answers them. */
final class Multi {

    /** What a step costs besides its path and data: headers, lengths, version or flags, and the ACL of a create. */
    private static final int STEP_BYTES = 64;

    /** Request header and the multi's end mark. */
    private static final int REQUEST_BYTES = 64;

    private final List<Write> steps;
    private final String chroot;

    Multi(List<Write> steps, String chroot) {
        this.steps = List.copyOf(steps);
        this.chroot = chroot;
    }

    long bytes() {
        long bytes = REQUEST_BYTES;
        for (Write step : steps) {
            bytes += STEP_BYTES + utf8Bytes(chroot) + utf8Bytes(step.path()) + data(step).length;
        }
        return bytes;
    }

    private static int utf8Bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
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

    /** @throws IllegalArgumentException if a path is not one */
    List<Op> ops() {
        return steps.stream().map(this::op).toList();
    }

    private Op op(Write step) {
        PathUtils.validatePath(step.path());
        String path = chroot + step.path();
        if (step instanceof Write.Check check) {
            return Op.check(path, check.version());
        }
        if (step instanceof Write.Update update) {
            return Op.setData(path, update.data(), update.version());
        }
        if (step instanceof Write.Delete delete) {
            return Op.delete(path, delete.version());
        }
        CreateMode mode = step instanceof Write.CreateEphemeral ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT;
        return Op.create(path, data(step), ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
    }

    /** What {@link Coordination#commit} answers. */
    List<Integer> versions(List<OpResult> results) {
        List<Integer> versions = new ArrayList<>(results.size());
        for (OpResult result : results) {
            if (result instanceof OpResult.SetDataResult set) {
                versions.add(set.getStat().getVersion());
            } else {
                versions.add(result instanceof OpResult.CreateResult ? 0 : -1);
            }
        }
        return versions;
    }

    /**
     * Why the commit failed.
     *
     * @param results as ZooKeeper answered, or null
     */
    CoordinationException failure(Code code, List<OpResult> results) {
        int failed = failedStep(results);
        if (failed < 0) {
            String first = steps.get(0).path();
            return Failures.ofWrite(code, "Commit of " + steps.size() + " steps, first at " + first, null);
        }
        Write step = steps.get(failed);
        String what = "Step " + (failed + 1) + " of " + steps.size() + ", " + describe(step);
        return Failures.ofWrite(code, what, step.path());
    }

    private static int failedStep(List<OpResult> results) {
        if (results == null) {
            return -1;
        }
        for (int i = 0; i < results.size(); i++) {
            // Steps before the one that failed are marked OK, those after it RUNTIMEINCONSISTENCY.
            if (results.get(i) instanceof OpResult.ErrorResult error && error.getErr() != Code.OK.intValue()) {
                return i;
            }
        }
        return -1;
    }

    private static String describe(Write step) {
        if (step instanceof Write.Check check) {
            return "check of " + check.path() + " at version " + check.version();
        }
        if (step instanceof Write.Update update) {
            return "update of " + update.path() + " at version " + update.version();
        }
        if (step instanceof Write.Delete delete) {
            return "deletion of " + delete.path() + " at version " + delete.version();
        }
        return "creation of " + step.path();
    }

    CoordinationException tooLarge(int limit) {
        return new CoordinationException(
                Reason.REFUSED,
                "A commit of " + steps.size() + " steps, first at "
                        + steps.get(0).path() + ", has " + bytes() + " bytes; ZooKeeper's jute.maxbuffer allows "
                        + limit + ": commit less at once",
                null);
    }
}
