package io.millstream.hadoop.output;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.coordination.Write;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.input.InputKey;
import io.millstream.hadoop.input.PendingOffsets;
import io.millstream.hadoop.input.PlannedOffsets;
import io.millstream.hadoop.input.PlannedOffsets.Move;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The offsets that a job has read up to. They are committed with the decision to publish what was made of them, in one request: what
 * was read is not read again, and what was made of it will be in the topics. Where there are too many for one request, the decision
 * raises the group's fence, which stops whoever planned from the same offsets, and they follow before anything is sent.
 */
final class InputOffsets {

    private static final int NO_LEADER_EPOCH = -1;
    private static final int ATTEMPTS = 20;

    private final Coordination coordination;
    private final PlannedOffsets planned;
    private final long maxBytes;

    /** @param maxBytes largest request, see {@link Coordination#commitBytes} */
    InputOffsets(Coordination coordination, PlannedOffsets planned, long maxBytes) {
        this.coordination = coordination;
        this.planned = planned;
        this.maxBytes = maxBytes;
    }

    /** What planning left for this job; empty if it commits no offsets, or none has changed. */
    static Optional<InputOffsets> in(OutputSession session, Configuration conf) throws IOException {
        if (!conf.getBoolean(InputKey.COMMIT.key(), false)) {
            return Optional.empty();
        }
        PlannedOffsets planned = PlannedOffsets.load(conf);
        return planned.partitions().isEmpty() ? Optional.empty() : Optional.of(of(planned, session, conf));
    }

    /** These, in requests of a size that the configuration allows. */
    static InputOffsets of(PlannedOffsets planned, OutputSession session, Configuration conf) throws OutputException {
        int most = session.coordination().maxCommitBytes() / 2; // the decision itself needs some room
        long wanted = OutputKey.COMMIT_MAX_BYTES.number(conf);
        return new InputOffsets(session.coordination(), planned, Math.min(most, wanted));
    }

    /** @throws OutputException if a publication has not come to write offsets of the group yet */
    void ensureNobodyIsWriting() throws OutputException {
        Optional<String> objection = PendingOffsets.objection(coordination, planned.group());
        if (objection.isPresent()) {
            throw new OutputException(objection.get());
        }
    }

    String group() {
        return planned.group();
    }

    PlannedOffsets planned() {
        return planned;
    }

    /** Whether they fit into one request with a decision. */
    boolean fit(String publication) {
        return coordination.commitBytes(atOnce(publication)) <= maxBytes;
    }

    /** The steps that commit them. */
    List<Write> atOnce(String publication) {
        List<Write> steps = new ArrayList<>();
        steps.add(raise(publication));
        steps.addAll(planned.moves());
        return steps;
    }

    /** The step that lets nobody else commit who planned before, if they are to follow. */
    Write raise(String publication) {
        return planned.raiseFence(PendingOffsets.owner(publication));
    }

    /**
     * Finds who has moved offsets without the fence, as old tools do, while there is nothing to take back.
     *
     * @throws OutputException if somebody has
     */
    void ensureAsPlanned() throws OutputException {
        await(coordination.sync());
        GroupOffsets now = read();
        for (Move move : planned.partitions()) {
            long committed = offset(now, move);
            boolean moved = committed >= 0 && committed != move.from();
            if (moved) {
                throw new OutputException("The offset of " + move.topicPartition() + " in group " + planned.group()
                        + " is " + committed + " and was " + move.from()
                        + " when the job was planned: somebody else moved it. Nothing is published; run the job again");
            }
        }
    }

    /**
     * Writes what is missing of them after a decision that raised the fence. Does nothing if all are written, or somebody went on
     * from them already.
     */
    void follow(String publication) throws OutputException {
        CoordinationException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            await(coordination.sync());
            GroupOffsets now = read();
            List<Move> missing = missing(now, publication);
            if (missing.isEmpty()) {
                return;
            }
            ensureFence(now, missing.get(0), publication);
            try {
                write(now, missing);
                return;
            } catch (CoordinationException e) {
                if (e.reason() == Reason.REFUSED) {
                    throw e;
                }
                last = e; // what was applied is not missing any more
            }
        }
        throw new OutputException(
                "Publication " + publication + " is decided, but offsets of group " + planned.group()
                        + " could not be written: " + last.getMessage()
                        + ". Nothing is sent yet; 'millstream output resume "
                        + publication + "' goes on",
                last);
    }

    /** Who commits directly raises it, and knows nothing of what is not written yet. */
    private void ensureFence(GroupOffsets now, Move missing, String publication) throws OutputException {
        if (now.fence() != planned.fence().version() + 1) {
            throw new OutputException("The offset of " + missing.topicPartition() + " in group " + planned.group()
                    + " was not written yet when somebody else raised the group's fence; publication " + publication
                    + " moves it from " + missing.from() + " to " + missing.to()
                    + ". Set it to " + missing.to() + ", then resume");
        }
    }

    private GroupOffsets read() {
        List<TopicPartition> partitions =
                planned.partitions().stream().map(Move::topicPartition).toList();
        return await(GroupOffsets.read(coordination, planned.group(), partitions));
    }

    private static long offset(GroupOffsets now, Move move) {
        return now.offset(move.topicPartition()).map(CommittedOffset::offset).orElse(-1L);
    }

    private List<Move> missing(GroupOffsets now, String publication) throws OutputException {
        List<Move> missing = new ArrayList<>();
        for (Move move : planned.partitions()) {
            Optional<CommittedOffset> committed = now.offset(move.topicPartition());
            // Where a partition was empty a new group's offset is the same once it is written.
            boolean moves = move.from() != move.to();
            if (committed.isEmpty() || (moves && committed.get().offset() == move.from())) {
                missing.add(move);
            } else if (!isPast(committed.get(), move)) {
                throw new OutputException("The offset of " + move.topicPartition() + " in group " + planned.group()
                        + " is " + committed.get().offset() + "; publication " + publication + " moves it from "
                        + move.from() + " to " + move.to() + ". Somebody else wrote it: set it to " + move.to()
                        + ", then resume");
            }
        }
        return missing;
    }

    /** Whether it is written; perhaps somebody went on from there, or from the start of a topic that was made anew. */
    private static boolean isPast(CommittedOffset committed, Move move) {
        OffsetMetadata metadata = committed.metadata();
        boolean otherTopic = metadata != null && !metadata.topicId().equals(move.topicId());
        return otherTopic || committed.offset() >= move.to();
    }

    private void write(GroupOffsets now, List<Move> moves) {
        List<Write> request = new ArrayList<>(List.of(planned.checkFence()));
        long bytes = coordination.commitBytes(request);
        for (Move move : moves) {
            CommittedOffset next =
                    new CommittedOffset(move.to(), new OffsetMetadata(move.topicId(), NO_LEADER_EPOCH, ""));
            List<Write> steps = now.set(Map.of(move.topicPartition(), next));
            long more = coordination.commitBytes(steps);
            if (request.size() > 1 && bytes + more > maxBytes) {
                await(coordination.commit(request));
                request = new ArrayList<>(List.of(planned.checkFence()));
                bytes = coordination.commitBytes(request);
            }
            request.addAll(steps);
            bytes += more;
        }
        if (request.size() > 1) {
            await(coordination.commit(request));
        }
    }
}
