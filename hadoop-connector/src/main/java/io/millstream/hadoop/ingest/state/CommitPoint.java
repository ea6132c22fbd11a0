package io.millstream.hadoop.ingest.state;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.coordination.Write;
import io.millstream.core.Entropy;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.document.DocumentRef;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.Manifest;
import io.millstream.hadoop.ingest.document.PartitionTotals;
import io.millstream.hadoop.ingest.document.RunRecord;
import io.millstream.hadoop.ingest.document.RunRecord.OffsetsFollow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The one moment from which a run counts: a single ZooKeeper request that checks the job's fence, checks and raises the
 * group's, makes the run record committed and advances all offsets, each as it was when the run was planned. Offsets too many
 * for one request follow it under the guard of the run record; whoever drives next finishes them.
 */
public final class CommitPoint {

    private static final int NO_LEADER_EPOCH = -1;
    private static final int ATTEMPTS = 5;

    /** Followed by the run: whoever else reads the group knows by it whether offsets are still to follow. */
    private static final String FENCE_OWNER = "ingest run ";

    private final Coordination coordination;
    private final RunRegister register;
    private final long maxBytes;

    /** @param maxBytes largest request, see {@link Coordination#commitBytes} */
    public CommitPoint(Coordination coordination, RunRegister register, long maxBytes) {
        this.coordination = coordination;
        this.register = register;
        this.maxBytes = maxBytes;
    }

    /**
     * Commits the current run.
     *
     * @param planned the group's offsets as they were when the run was planned
     * @throws IngestException if another driver took over, or somebody else moved the group's offsets; nothing is committed then
     */
    public void commit(Manifest manifest, DocumentRef stored, GroupOffsets planned, Entropy entropy) {
        RunRecord run = register.record().orElseThrow();
        Write raised = planned.raiseFence(FENCE_OWNER + run.run(), entropy.uuid());
        List<Write> steps = new ArrayList<>();
        steps.add(raised);
        steps.addAll(planned.set(changes(manifest, planned)));
        RunRecord atOnce = run.committed(stored, OffsetsFollow.AT_ONCE);
        if (register.commitBytes(atOnce, steps) <= maxBytes) {
            register.commit(atOnce, steps);
        } else {
            ensureAsPlanned(manifest, planned);
            register.commit(run.committed(stored, OffsetsFollow.IN_CHUNKS), List.of(raised));
            finishOffsets(manifest);
        }
    }

    /**
     * What one request would refuse by itself. Whoever looks at the group's fence is refused or found by the request that decides;
     * this finds who wrote offsets without it, as old tools do, while there is nothing to take back.
     */
    private void ensureAsPlanned(Manifest manifest, GroupOffsets planned) {
        await(coordination.sync());
        GroupOffsets now = await(GroupOffsets.read(coordination, manifest.job(), partitions(manifest)));
        for (TopicPartition partition : partitions(manifest)) {
            Optional<CommittedOffset> before = planned.offset(partition);
            Optional<CommittedOffset> found = now.offset(partition);
            if (!found.equals(before)) {
                throw new IngestException("Offset of " + partition + " in group " + manifest.job() + " was "
                        + text(before) + " when the run was planned and is " + text(found)
                        + " now: somebody else moved it. Nothing was committed; run again");
            }
        }
    }

    private static String text(Optional<CommittedOffset> offset) {
        return offset.map(found -> Long.toString(found.offset())).orElse("not there");
    }

    private static List<TopicPartition> partitions(Manifest manifest) {
        return manifest.partitions().stream()
                .map(PartitionTotals::topicPartition)
                .toList();
    }

    /** Writes what is missing of a committed run's offsets. Does nothing if all are written. */
    public void finishOffsets(Manifest manifest) {
        List<TopicPartition> partitions = partitions(manifest);
        CoordinationException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            GroupOffsets now = await(GroupOffsets.read(coordination, manifest.job(), partitions));
            requireOursToWrite(manifest, now);
            try {
                write(now, changes(manifest, now), register.checks());
                return;
            } catch (CoordinationException e) {
                if (e.reason() == Reason.REFUSED) {
                    throw e;
                }
                // Read again: what was applied is not pending any more, and a lost fence shows as a conflict each time.
                last = e;
            }
        }
        throw new IngestException(
                "Run " + manifest.run() + " is committed, but its offsets could not be written: " + last.getMessage()
                        + ". Run again: the next run finishes it",
                last);
    }

    /** Nobody else can have moved these offsets, for the group's fence was raised; if somebody did, it is not for us to guess. */
    private static void requireOursToWrite(Manifest manifest, GroupOffsets now) {
        for (PartitionTotals totals : manifest.partitions()) {
            Optional<CommittedOffset> found = now.offset(totals.topicPartition());
            if (found.isPresent()
                    && found.get().offset() != totals.start()
                    && found.get().offset() != totals.end()) {
                throw new IngestException(
                        "Offset of " + totals.topicPartition() + " in group " + manifest.job() + " is "
                                + found.get().offset() + "; committed run " + manifest.run() + " moves it from "
                                + totals.start()
                                + " to " + totals.end() + ". Somebody else wrote it: set it to either and run again");
            }
        }
    }

    /**
     * Commits where partitions begin that have nothing to read yet, so that "latest" means the moment of this run and not that
     * of the next. No files belong to it.
     *
     * @throws IngestException if that could not be done for all of them
     */
    public void commitStarts(GroupOffsets planned, Map<TopicPartition, CommittedOffset> starts, JobFence fence) {
        try {
            write(planned, new TreeMap<>(starts), List.of(fence.check(), planned.checkFence()));
        } catch (CoordinationException e) {
            fence.ensureHeld();
            throw new IngestException(
                    "The offsets at which group " + planned.group() + " begins could not be written: " + e.getMessage()
                            + ". Run again",
                    e);
        }
    }

    private void write(GroupOffsets now, SortedMap<TopicPartition, CommittedOffset> changes, List<Write> guards) {
        List<Write> request = new ArrayList<>(guards);
        for (Map.Entry<TopicPartition, CommittedOffset> change : changes.entrySet()) {
            List<Write> steps = now.set(Map.of(change.getKey(), change.getValue()));
            List<Write> longer = new ArrayList<>(request);
            longer.addAll(steps);
            if (request.size() > guards.size() && coordination.commitBytes(longer) > maxBytes) {
                await(coordination.commit(request));
                request = new ArrayList<>(guards);
                request.addAll(steps);
            } else {
                request = longer;
            }
        }
        if (request.size() > guards.size()) {
            await(coordination.commit(request));
        }
    }

    /** The offsets of the manifest that are not as {@code read}. */
    private static SortedMap<TopicPartition, CommittedOffset> changes(Manifest manifest, GroupOffsets read) {
        Map<String, UUID> topicIds = new HashMap<>();
        manifest.topics().forEach(topic -> topicIds.put(topic.topic(), topic.topicId()));
        SortedMap<TopicPartition, CommittedOffset> changes = new TreeMap<>();
        for (PartitionTotals totals : manifest.partitions()) {
            Optional<CommittedOffset> found = read.offset(totals.topicPartition());
            if (found.isEmpty() || found.get().offset() != totals.end()) {
                changes.put(totals.topicPartition(), offset(topicIds.get(totals.topic()), totals.end()));
            }
        }
        return changes;
    }

    /** What is committed for a partition of the topic with this id. */
    public static CommittedOffset offset(UUID topicId, long next) {
        return new CommittedOffset(next, new OffsetMetadata(topicId, NO_LEADER_EPOCH, ""));
    }
}
