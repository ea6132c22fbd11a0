package io.millstream.hadoop.input;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;

/**
 * Commits what a job has read, after its output was committed: all offsets in one ZooKeeper multi that is conditional on
 * the group's fence and on every offset as it was when the job was planned. Doing it again changes nothing.
 *
 * <p>Only where a single request would be too large (some thousand partitions) does the first one raise the fence and the
 * others follow under it; a process that dies between leaves offsets of some partitions where they were, so that these are
 * read again.
 *
 * <p>Not for use by several threads.
 */
public final class OffsetCommitter {

    private static final int ATTEMPTS = 20;

    private final Coordination coordination;
    private final long maxBytes;

    /** @param coordination stays the caller's to close */
    OffsetCommitter(Coordination coordination) {
        this(coordination, coordination.maxCommitBytes() / 2); // a request near the limit leaves none for headers
    }

    OffsetCommitter(Coordination coordination, long maxBytes) {
        this.coordination = coordination;
        this.maxBytes = maxBytes;
    }

    /**
     * Commits what planning left in this configuration. For jobs whose committer is not ours to wrap, such as Spark's: call it
     * when the output is complete.
     *
     * @param owner who commits, for people to read
     * @throws InputException if nothing was planned, somebody else moved the group's offsets, or ZooKeeper is out of reach
     */
    public static void commit(Configuration conf, String owner) throws IOException {
        PlannedOffsets planned = PlannedOffsets.load(conf);
        if (planned.partitions().isEmpty()) {
            return;
        }
        try (Coordination coordination = InputZooKeeper.connect(conf)) {
            new OffsetCommitter(coordination).commit(planned, owner);
        } catch (CoordinationException e) {
            throw notCommitted(planned, e.getMessage() + ". Once ZooKeeper answers, run the job again", e);
        }
    }

    /** @throws InputException if another writer moved the group's offsets, or the topic is not what was planned */
    void commit(PlannedOffsets planned, String owner) throws InputException {
        CoordinationException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            await(coordination.sync());
            Optional<Versioned<byte[]>> fence =
                    await(coordination.read(planned.fence().path()));
            boolean ours = fence.isPresent() && planned.isRaisedBy(fence.get().value());
            if (!ours) {
                ensureAsPlanned(planned, fence.map(Versioned::version).orElse(-1), last);
            }
            try {
                write(planned, ours ? pending(planned) : planned.partitions(), owner, ours);
                return;
            } catch (CoordinationException e) {
                if (e.reason() == Reason.REFUSED) {
                    throw e;
                }
                last = e; // the fence and the offsets tell what became of it
            }
        }
        throw notCommitted(planned, last.getMessage(), last);
    }

    /** What stood in the way the last time stands there for good, unless the fence is ours. */
    private void ensureAsPlanned(PlannedOffsets planned, int fence, CoordinationException last) throws InputException {
        if (fence != planned.fence().version()) {
            throw notCommitted(
                    planned,
                    "another job has committed for this group since this one was planned (its fence was "
                            + planned.fence().version() + " and is " + fence + ")",
                    last);
        }
        if (last != null && last.reason() == Reason.CONFLICT) {
            throw notCommitted(
                    planned,
                    "somebody else moved its offsets since the job was planned ("
                            + last.path().orElse(last.getMessage()) + ")",
                    last);
        }
        Optional<String> pending = PendingOffsets.objection(coordination, planned.group());
        if (pending.isPresent()) {
            throw notCommitted(planned, pending.get(), last);
        }
        for (PlannedOffsets.Move move : planned.partitions()) {
            ensureSameTopic(planned, move.topicPartition().topic(), move.topicId());
        }
    }

    private final SortedMap<TopicName, Optional<UUID>> idsNow = new TreeMap<>();

    private void ensureSameTopic(PlannedOffsets planned, TopicName topic, UUID id) throws InputException {
        String path = Paths.topic(topic);
        Optional<UUID> now = idsNow.computeIfAbsent(topic, name -> await(coordination.read(path))
                .map(found -> Document.read(found.value(), TopicAssignment.class, path)
                        .topicId()));
        if (now.isPresent() && !now.get().equals(id)) { // a topic that is gone, or of other brokers, is not another one
            throw notCommitted(
                    planned,
                    "topic " + topic + " was deleted and created again while it was read (id " + id + ", now "
                            + now.get() + ")",
                    null);
        }
    }

    /** Those that an earlier try did not come to. Under our fence nobody else can have moved them. */
    private List<PlannedOffsets.Move> pending(PlannedOffsets planned) {
        List<TopicPartition> partitions = planned.partitions().stream()
                .map(PlannedOffsets.Move::topicPartition)
                .toList();
        GroupOffsets now = await(GroupOffsets.read(coordination, planned.group(), partitions));
        return planned.partitions().stream()
                .filter(move -> now.offset(move.topicPartition())
                        .map(CommittedOffset::offset)
                        .filter(offset -> offset == move.to())
                        .isEmpty())
                .toList();
    }

    private void write(PlannedOffsets planned, List<PlannedOffsets.Move> moves, String owner, boolean raised) {
        List<Write> request = new ArrayList<>();
        request.add(raised ? planned.checkFence() : planned.raiseFence(owner));
        long bytes = coordination.commitBytes(request);
        boolean any = false;
        for (PlannedOffsets.Move move : moves) {
            List<Write> steps = move.writes();
            long more = coordination.commitBytes(steps);
            if (any && bytes + more > maxBytes) {
                await(coordination.commit(request));
                request = new ArrayList<>(List.of(planned.checkFence()));
                bytes = coordination.commitBytes(request);
            }
            request.addAll(steps);
            bytes += more;
            any = true;
        }
        if (any || !raised) {
            await(coordination.commit(request));
        }
    }

    private static InputException notCommitted(PlannedOffsets planned, String why, Throwable cause) {
        return new InputException(
                "The offsets of group " + planned.group() + " were not committed: " + why
                        + ". The job's output stands; its records will be read again from the offsets committed",
                cause);
    }
}
