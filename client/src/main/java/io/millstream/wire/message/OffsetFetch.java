package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 9: how far groups have read. Versions 1 to 8, flexible from 6. v2 all of a group's partitions, and errors of the
 * group; v3 throttle time; v5 leader epochs (KIP-320); v7 stable offsets only (KIP-447); v8 several groups (KIP-709).
 *
 * <p>Before v8 there is exactly one group, and its id is not in the response.
 */
public final class OffsetFetch {

    /** The offset of a partition for which the group has committed none. */
    public static final long NO_OFFSET = -1;

    /** No leader epoch given or known. */
    public static final int NO_EPOCH = -1;

    private static final int SEVERAL_GROUPS = 8;

    private OffsetFetch() {}

    /** @param topics null for all that the group has committed (from v2) */
    public record Group(String groupId, List<ByTopic<Integer>> topics) {

        static Group read(Reader in) {
            String groupId = in.string();
            boolean mayBeAll = in.since(2);
            return new Group(
                    groupId, mayBeAll ? in.nullableStructs(ByTopic::readNumbers) : in.structs(ByTopic::readNumbers));
        }

        static void write(Writer out, Group group) {
            if (group.topics == null && !out.since(2)) {
                throw new IllegalArgumentException("OffsetFetch 1 cannot ask for all of a group's partitions");
            }
            out.string(group.groupId);
            out.nullableStructs(group.topics, ByTopic::writeNumbers);
        }
    }

    /**
     * @param groups exactly one before v8
     * @param requireStable whether to be refused, rather than answered with an offset that an open transaction may
     *     replace; false before v7
     */
    public record Request(List<Group> groups, boolean requireStable) implements RequestBody {

        public static Request read(Reader in) {
            List<Group> groups = in.since(SEVERAL_GROUPS) ? in.structs(Group::read) : List.of(Group.read(in));
            return new Request(groups, in.since(7) && in.bool());
        }

        @Override
        public ApiKey api() {
            return ApiKey.OFFSET_FETCH;
        }

        @Override
        public void write(Writer out) {
            if (out.since(SEVERAL_GROUPS)) {
                out.structs(groups, Group::write);
            } else {
                Group.write(out, Single.of(groups, out));
            }
            if (out.since(7)) {
                out.bool(requireStable);
            }
        }
    }

    /**
     * @param offset of the next record to read; {@link #NO_OFFSET} if none is committed
     * @param leaderEpoch {@link #NO_EPOCH} if unknown, and before v5
     * @param metadata the consumer's own note; null if none
     */
    public record Offset(int partition, long offset, int leaderEpoch, String metadata, ErrorCode error) {

        static Offset read(Reader in) {
            int partition = in.int32();
            long offset = in.int64();
            int leaderEpoch = in.since(5) ? in.int32() : NO_EPOCH;
            return new Offset(partition, offset, leaderEpoch, in.nullableString(), ErrorCode.read(in));
        }

        static void write(Writer out, Offset offset) {
            out.int32(offset.partition);
            out.int64(offset.offset);
            if (out.since(5)) {
                out.int32(offset.leaderEpoch);
            }
            out.nullableString(offset.metadata);
            offset.error.write(out);
        }
    }

    /**
     * What one group has committed.
     *
     * @param groupId empty before v8
     * @param error of the whole group; before v2 it is said by the partitions only
     */
    public record Fetched(String groupId, List<ByTopic<Offset>> topics, ErrorCode error) {

        static Fetched read(Reader in) {
            String groupId = in.since(SEVERAL_GROUPS) ? in.string() : "";
            List<ByTopic<Offset>> topics = in.structs(ByTopic.reader(Offset::read));
            return new Fetched(groupId, topics, in.since(2) ? ErrorCode.read(in) : ErrorCode.NONE);
        }

        static void write(Writer out, Fetched fetched) {
            if (out.since(SEVERAL_GROUPS)) {
                out.string(fetched.groupId);
            }
            out.structs(fetched.topics, ByTopic.writer(Offset::write));
            if (out.since(2)) {
                fetched.error.write(out);
            }
        }
    }

    /**
     * @param throttleMillis 0 before v3
     * @param groups exactly one before v8
     */
    public record Response(int throttleMillis, List<Fetched> groups) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.since(3) ? in.int32() : 0;
            return new Response(
                    throttleMillis, in.since(SEVERAL_GROUPS) ? in.structs(Fetched::read) : List.of(Fetched.read(in)));
        }

        @Override
        public void write(Writer out) {
            if (out.since(3)) {
                out.int32(throttleMillis);
            }
            if (out.since(SEVERAL_GROUPS)) {
                out.structs(groups, Fetched::write);
            } else {
                Fetched.write(out, Single.of(groups, out));
            }
        }
    }
}
