package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 13: take members out of a group. Versions 0 to 5, flexible from 4. v1 throttle time, v3 several members, static ones
 * by their instance id (KIP-345), v5 the reason (KIP-800).
 *
 * <p>Before v3 there is exactly one member, and the response has the group's error only.
 */
public final class LeaveGroup {

    private static final int SEVERAL_MEMBERS = 3;

    private LeaveGroup() {}

    /**
     * @param memberId empty if a static member is meant by its instance id alone
     * @param instanceId of a static member; null for others, and before v3
     * @param reason for people; null if none, and before v5
     */
    public record Member(String memberId, String instanceId, String reason) {

        private static Member readAlone(Reader in) {
            return new Member(in.string(), null, null);
        }

        static Member read(Reader in) {
            return new Member(in.string(), in.nullableString(), in.since(5) ? in.nullableString() : null);
        }

        static void write(Writer out, Member member) {
            out.string(member.memberId);
            out.nullableString(member.instanceId);
            if (out.since(5)) {
                out.nullableMessage(member.reason);
            }
        }
    }

    /** @param members exactly one before v3 */
    public record Request(String groupId, List<Member> members) implements RequestBody {

        public static Request read(Reader in) {
            String groupId = in.string();
            return new Request(
                    groupId, in.since(SEVERAL_MEMBERS) ? in.structs(Member::read) : List.of(Member.readAlone(in)));
        }

        @Override
        public ApiKey api() {
            return ApiKey.LEAVE_GROUP;
        }

        @Override
        public void write(Writer out) {
            out.string(groupId);
            if (out.since(SEVERAL_MEMBERS)) {
                out.structs(members, Member::write);
            } else {
                out.string(Single.of(members, out).memberId);
            }
        }
    }

    /** What became of one member; {@code instanceId} is null for one that is not static. */
    public record Left(String memberId, String instanceId, ErrorCode error) {

        static Left read(Reader in) {
            return new Left(in.string(), in.nullableString(), ErrorCode.read(in));
        }

        static void write(Writer out, Left left) {
            out.string(left.memberId);
            out.nullableString(left.instanceId);
            left.error.write(out);
        }
    }

    /**
     * @param throttleMillis 0 before v1
     * @param error of the whole request; before v3, also the one member's
     * @param members empty before v3
     */
    public record Response(int throttleMillis, ErrorCode error, List<Left> members) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.since(1) ? in.int32() : 0;
            ErrorCode error = ErrorCode.read(in);
            return new Response(throttleMillis, error, in.since(SEVERAL_MEMBERS) ? in.structs(Left::read) : List.of());
        }

        @Override
        public void write(Writer out) {
            if (out.since(1)) {
                out.int32(throttleMillis);
            }
            error.write(out);
            if (out.since(SEVERAL_MEMBERS)) {
                out.structs(members, Left::write);
            }
        }
    }
}
