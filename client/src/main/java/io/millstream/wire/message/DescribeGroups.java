package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Opaque;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 15: the state and the members of groups. Versions 0 to 5, flexible from 5. v1 throttle time, v3 the operations
 * allowed (KIP-430), v4 static members (KIP-345).
 */
public final class DescribeGroups {

    private DescribeGroups() {}

    /** @param operations whether to report the operations allowed on each group; false before v3 */
    public record Request(List<String> groups, boolean operations) implements RequestBody {

        public static Request read(Reader in) {
            List<String> groups = in.values(Reader::string);
            return new Request(groups, in.since(3) && in.bool());
        }

        @Override
        public ApiKey api() {
            return ApiKey.DESCRIBE_GROUPS;
        }

        @Override
        public void write(Writer out) {
            out.values(groups, Writer::string);
            if (out.since(3)) {
                out.bool(operations);
            }
        }
    }

    /**
     * @param instanceId of a static member; null for others, and before v4
     * @param metadata the member's, of the protocol chosen; empty while none is
     * @param assignment the member's part; empty while there is none
     */
    public record Member(
            String memberId,
            String instanceId,
            String clientId,
            String clientHost,
            Opaque metadata,
            Opaque assignment) {

        static Member read(Reader in) {
            String memberId = in.string();
            String instanceId = in.since(4) ? in.nullableString() : null;
            return new Member(memberId, instanceId, in.string(), in.string(), in.opaque(), in.opaque());
        }

        static void write(Writer out, Member member) {
            out.string(member.memberId);
            if (out.since(4)) {
                out.nullableString(member.instanceId);
            }
            out.string(member.clientId);
            out.string(member.clientHost);
            out.opaque(member.metadata);
            out.opaque(member.assignment);
        }
    }

    /**
     * One group.
     *
     * @param state as Kafka names it: {@code Stable}, {@code Empty}, {@code Dead} ...; empty with an error
     * @param protocolType {@code consumer} for consumers; empty if none
     * @param protocol the one chosen; empty while none is
     * @param authorizedOperations a bit per operation, or {@link Metadata#NO_OPERATIONS}; that before v3
     */
    public record Described(
            ErrorCode error,
            String groupId,
            String state,
            String protocolType,
            String protocol,
            List<Member> members,
            int authorizedOperations) {

        /** Not described, for this reason. */
        public static Described failed(String groupId, ErrorCode error) {
            return new Described(error, groupId, "", "", "", List.of(), Metadata.NO_OPERATIONS);
        }

        static Described read(Reader in) {
            ErrorCode error = ErrorCode.read(in);
            String groupId = in.string();
            String state = in.string();
            String protocolType = in.string();
            String protocol = in.string();
            List<Member> members = in.structs(Member::read);
            int operations = in.since(3) ? in.int32() : Metadata.NO_OPERATIONS;
            return new Described(error, groupId, state, protocolType, protocol, members, operations);
        }

        static void write(Writer out, Described group) {
            group.error.write(out);
            out.string(group.groupId);
            out.string(group.state);
            out.string(group.protocolType);
            out.string(group.protocol);
            out.structs(group.members, Member::write);
            if (out.since(3)) {
                out.int32(group.authorizedOperations);
            }
        }
    }

    /**
     * @param throttleMillis 0 before v1
     * @param groups one per group of the request
     */
    public record Response(int throttleMillis, List<Described> groups) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.since(1) ? in.int32() : 0;
            return new Response(throttleMillis, in.structs(Described::read));
        }

        @Override
        public void write(Writer out) {
            if (out.since(1)) {
                out.int32(throttleMillis);
            }
            out.structs(groups, Described::write);
        }
    }
}
