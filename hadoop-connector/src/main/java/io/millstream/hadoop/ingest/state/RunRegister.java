package io.millstream.hadoop.ingest.state;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The run record of a job, written only by the driver that has the fence. Where the connection breaks during a write, the
 * record is read again: it says whether the write was applied. Not thread safe.
 */
public final class RunRegister {

    private static final int ATTEMPTS = 5;
    private static final int ABSENT = -1;

    private final Coordination coordination;
    private final JobFence fence;
    private final String path;
    private int version = ABSENT;
    private RunRecord record;

    private RunRegister(Coordination coordination, JobFence fence, String path) {
        this.coordination = coordination;
        this.fence = fence;
        this.path = path;
    }

    /** The register as the holder of {@code fence} finds it. */
    public static RunRegister open(Coordination coordination, String job, JobFence fence) {
        RunRegister register = new RunRegister(coordination, fence, new JobPaths(job).run());
        register.reload();
        return register;
    }

    /** Reads the record again, as it is after all that ZooKeeper has accepted so far. */
    public void reload() {
        await(coordination.sync());
        Optional<Versioned<byte[]>> found = await(coordination.read(path));
        version = found.map(Versioned::version).orElse(ABSENT);
        record = found.map(node -> Document.read(node.value(), RunRecord.class, path))
                .orElse(null);
    }

    /** The current or last run; empty before a job's first. */
    public Optional<RunRecord> record() {
        return Optional.ofNullable(record);
    }

    /** Sets the record, and nothing else. */
    public void put(RunRecord next) {
        commit(next, List.of());
    }

    /**
     * Sets the record and applies {@code further} in one request under the fence: all of it, or nothing.
     *
     * @throws IngestException if another driver took over, or what {@code further} expects is not so; nothing was applied then
     */
    public void commit(RunRecord next, List<Write> further) {
        CoordinationException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                await(coordination.commit(steps(next, further)));
                version++;
                record = next;
                return;
            } catch (CoordinationException e) {
                last = e;
                if (wasApplied(next)) {
                    return;
                }
                if (e.reason() != Reason.UNKNOWN_OUTCOME) {
                    throw refused(next, e);
                }
            }
        }
        throw refused(next, last);
    }

    private List<Write> steps(RunRecord next, List<Write> further) {
        byte[] document = Document.write(next);
        List<Write> steps = new ArrayList<>();
        steps.add(fence.check());
        steps.add(version == ABSENT ? new Write.Create(path, document) : new Write.Update(path, document, version));
        steps.addAll(further);
        return steps;
    }

    /**
     * Reads the record after a failure. Only we write it as long as we have the fence, and the whole request was applied if the
     * record was.
     */
    private boolean wasApplied(RunRecord next) {
        reload();
        return next.equals(record);
    }

    private IngestException refused(RunRecord next, CoordinationException cause) {
        if (!fence.held()) {
            return fence.lost();
        }
        return new IngestException(
                "Run " + next.run() + " cannot become " + next.state() + ": " + cause.getMessage()
                        + ". Nothing was changed by this; run again",
                cause);
    }

    /** How large {@link #commit} of these is when sent, in bytes. */
    long commitBytes(RunRecord next, List<Write> further) {
        return coordination.commitBytes(steps(next, further));
    }

    /** The steps that make a request fail unless we have the fence and the record is as last read or written here. */
    List<Write> checks() {
        return List.of(fence.check(), new Write.Check(path, version));
    }
}
