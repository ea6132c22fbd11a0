package io.millstream.hadoop.input;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.coordination.FenceHolder;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What a job that reads what a group has not committed is to commit when its output is: fixed by planning, in a file of
 * the job's staging folder, so that whoever commits needs nothing else. Every step is conditional on the group's fence and
 * on the versions as they were read at planning: of two jobs planned from the same offsets one commits.
 *
 * <p>Put {@link #raiseFence} and all {@link #moves} into one {@link io.millstream.coordination.Coordination#commit},
 * together with whatever must happen at once with them. Where that is too large, raise the fence with the decision and
 * let the moves follow, each guarded by {@link #checkFence}. {@link #isRaisedBy} tells afterwards whether it was this job
 * that raised it. {@link OffsetCommitter} does that for jobs whose output knows nothing of offsets.
 *
 * @param group which reads
 * @param fence the group's fence as read at planning
 * @param token of this job's raise, random
 * @param partitions those whose committed offset changes, in order; may be empty: then there is nothing to commit
 */
public record PlannedOffsets(String group, Fence fence, UUID token, List<Move> partitions) {

    private static final String FILE = "millstream-offsets.json";
    private static final String JOB_DIR = "mapreduce.job.dir"; // of Hadoop: where a job's files are while it runs
    private static final int NOT_THERE = -1;

    /** Of topics whose brokers have no ids: they cannot be told apart when made anew. */
    private static final UUID NO_ID = new UUID(0, 0);

    private static final int NO_LEADER_EPOCH = -1;

    /** More than a plan of a hundred thousand partitions. */
    private static final int FILE_BYTES = 256 << 20;

    /** @param version of the znode's data as read at planning */
    public record Fence(String path, int version) {}

    /**
     * One partition's committed offset.
     *
     * @param topicId of the topic that was planned
     * @param from first offset the job reads, inclusive
     * @param to the offset to be committed: what comes after the last one read
     * @param steps znodes to be written
     */
    public record Move(String topic, UUID topicId, int partition, long from, long to, List<Step> steps) {

        /** Defensive copy. */
        public Move {
            steps = List.copyOf(steps);
        }

        /** Which partition. */
        public TopicPartition topicPartition() {
            return new TopicPartition(topic, partition);
        }

        /** What to write, each on condition of its version. */
        public List<Write> writes() {
            return steps.stream().map(Step::write).toList();
        }
    }

    /** @param version the znode has, or -1 if there is none yet */
    public record Step(String path, String text, int version) {

        private static Step of(Write write) {
            if (write instanceof Write.Create create) {
                return new Step(create.path(), new String(create.data(), StandardCharsets.UTF_8), NOT_THERE);
            }
            if (write instanceof Write.Update update) {
                return new Step(update.path(), new String(update.data(), StandardCharsets.UTF_8), update.version());
            }
            throw new IllegalArgumentException("A step of another kind: " + write);
        }

        private Write write() {
            byte[] data = text.getBytes(StandardCharsets.UTF_8);
            return version == NOT_THERE ? new Write.Create(path, data) : new Write.Update(path, data, version);
        }
    }

    /** Defensive copy. */
    public PlannedOffsets {
        partitions = List.copyOf(partitions);
    }

    /**
     * What to commit after {@code ranges} were read.
     *
     * @param read the group's offsets, of all these partitions; its fence must have been there
     * @param ranges one per partition, empty ones too
     * @param topicIds of all topics whose brokers have ids
     * @throws IllegalStateException if the fence was not there
     */
    static PlannedOffsets of(
            GroupOffsets read, Collection<OffsetRange> ranges, Map<TopicName, UUID> topicIds, UUID token) {
        List<Move> moves = new ArrayList<>();
        for (OffsetRange range : ranges) {
            TopicPartition partition = range.partition();
            UUID topicId = topicIds.getOrDefault(partition.topic(), NO_ID);
            boolean already = read.offset(partition)
                    .filter(found -> found.offset() == range.to())
                    .isPresent();
            if (!already) {
                CommittedOffset next =
                        new CommittedOffset(range.to(), new OffsetMetadata(topicId, NO_LEADER_EPOCH, ""));
                List<Step> steps =
                        read.set(Map.of(partition, next)).stream().map(Step::of).toList();
                String topic = partition.topic().value();
                moves.add(new Move(topic, topicId, partition.partition(), range.from(), range.to(), steps));
            }
        }
        Write.Update raise = (Write.Update) read.raiseFence("", token);
        return new PlannedOffsets(read.group(), new Fence(raise.path(), raise.version()), token, moves);
    }

    /**
     * The step that fails if another direct writer committed since planning, and makes all others fail who planned before
     * this one.
     *
     * @param owner who commits, for people to read; the same each time it is tried
     */
    public Write raiseFence(String owner) {
        byte[] holder = Document.write(new FenceHolder(owner, token));
        return new Write.Update(fence.path(), holder, fence.version());
    }

    /** The step that fails unless the fence is as {@link #raiseFence} left it. */
    public Write checkFence() {
        return new Write.Check(fence.path(), fence.version() + 1);
    }

    /** Whether it was this job that raised the fence last, by what lies in it. */
    public boolean isRaisedBy(byte[] found) {
        return found.length > 0
                && token.equals(
                        Document.read(found, FenceHolder.class, fence.path()).token());
    }

    /** Every step that moves an offset, without the fence. */
    public List<Write> moves() {
        return partitions.stream().flatMap(move -> move.writes().stream()).toList();
    }

    /**
     * Leaves it for the committer: a file whose path becomes {@link InputKey#PLANNED}.
     *
     * @throws InputException if the job has no staging folder and {@link InputKey#PLANNED} names no file
     */
    void store(Configuration conf) throws IOException {
        String folder = conf.getTrimmed(JOB_DIR);
        if (folder == null && InputKey.PLANNED.in(conf).isEmpty()) {
            throw new InputException("The offsets to commit need a place: this job has no " + JOB_DIR + ", so set "
                    + InputKey.PLANNED.key() + " to a file to be written");
        }
        Path file = folder == null ? new Path(InputKey.PLANNED.in(conf).orElseThrow()) : new Path(folder, FILE);
        try (OutputStream out = file.getFileSystem(conf).create(file, true)) {
            out.write(Document.write(this));
        }
        conf.set(InputKey.PLANNED.key(), file.toString());
    }

    /**
     * What planning left for this job.
     *
     * @throws InputException if it left nothing, or it cannot be read
     */
    public static PlannedOffsets load(Configuration conf) throws IOException {
        Path file = new Path(InputKey.PLANNED
                .in(conf)
                .orElseThrow(() -> new InputException("The job has no " + InputKey.PLANNED.key()
                        + ": its splits were not planned by " + TopicInputFormat.class.getSimpleName()
                        + " with commitOnSuccess")));
        try (InputStream in = file.getFileSystem(conf).open(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES + 1);
            if (bytes.length > FILE_BYTES) {
                throw new InputException(
                        file + " has more than " + FILE_BYTES + " bytes: it is not what planning left");
            }
            return Document.read(bytes, PlannedOffsets.class, file.toString());
        } catch (CoordinationException e) {
            throw new InputException("The offsets that planning left cannot be read: " + e.getMessage(), e);
        }
    }
}
