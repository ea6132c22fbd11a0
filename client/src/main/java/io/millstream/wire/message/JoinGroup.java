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
 * Key 11: become a member of a group, or take part in its next generation. Versions 0 to 9, flexible from 6. v1 the time
 * to rejoin (KIP-62); v2 throttle time; v4 a new member is given its id and comes again (KIP-394); v5 static members
 * (KIP-345); v7 the group's protocol in the answer (KIP-559); v8 the reason (KIP-800); v9 a static leader that came back
 * is told to keep the assignment (KIP-814).
 */
public final class JoinGroup {

    /** No generation: with an error. */
    public static final int NO_GENERATION = -1;

    /** The time to rejoin is the session timeout. */
    public static final int SAME_AS_SESSION = -1;

    private JoinGroup() {}

    /**
     * One way in which a member can share out partitions.
     *
     * @param metadata what the group's leader needs to know of the member
     */
    public record Protocol(String name, Opaque metadata) {

        static Protocol read(Reader in) {
            return new Protocol(in.string(), in.opaque());
        }

        static void write(Writer out, Protocol protocol) {
            out.string(protocol.name);
            out.opaque(protocol.metadata);
        }
    }

    /**
     * @param sessionTimeoutMillis without a heartbeat for so long, the member is gone
     * @param rebalanceTimeoutMillis how long a rebalance waits for the member; {@link #SAME_AS_SESSION} before v1
     * @param memberId empty for a new member
     * @param instanceId of a static member; null for others, and before v5
     * @param protocolType {@code consumer} for consumers
     * @param protocols the preferred first
     * @param reason for people; null if none, and before v8
     */
    public record Request(
            String groupId,
            int sessionTimeoutMillis,
            int rebalanceTimeoutMillis,
            String memberId,
            String instanceId,
            String protocolType,
            List<Protocol> protocols,
            String reason)
            implements RequestBody {

        public static Request read(Reader in) {
            String groupId = in.string();
            int sessionTimeoutMillis = in.int32();
            int rebalanceTimeoutMillis = in.since(1) ? in.int32() : SAME_AS_SESSION;
            String memberId = in.string();
            String instanceId = in.since(5) ? in.nullableString() : null;
            String protocolType = in.string();
            List<Protocol> protocols = in.structs(Protocol::read);
            return new Request(
                    groupId,
                    sessionTimeoutMillis,
                    rebalanceTimeoutMillis,
                    memberId,
                    instanceId,
                    protocolType,
                    protocols,
                    in.since(8) ? in.nullableString() : null);
        }

        @Override
        public ApiKey api() {
            return ApiKey.JOIN_GROUP;
        }

        @Override
        public void write(Writer out) {
            out.string(groupId);
            out.int32(sessionTimeoutMillis);
            if (out.since(1)) {
                out.int32(rebalanceTimeoutMillis);
            }
            out.string(memberId);
            if (out.since(5)) {
                out.nullableString(instanceId);
            }
            out.string(protocolType);
            out.structs(protocols, Protocol::write);
            if (out.since(8)) {
                out.nullableMessage(reason);
            }
        }
    }

    /**
     * A member, as the group's leader is told.
     *
     * @param instanceId of a static member; null for others, and before v5
     * @param metadata the member's, of the protocol chosen
     */
    public record Member(String memberId, String instanceId, Opaque metadata) {

        static Member read(Reader in) {
            String memberId = in.string();
            String instanceId = in.since(5) ? in.nullableString() : null;
            return new Member(memberId, instanceId, in.opaque());
        }

        static void write(Writer out, Member member) {
            out.string(member.memberId);
            if (out.since(5)) {
                out.nullableString(member.instanceId);
            }
            out.opaque(member.metadata);
        }
    }

    /**
     * What the group agreed on.
     *
     * @param generation {@link #NO_GENERATION} with an error
     * @param protocolType null if none, and before v7
     * @param protocolName null if none; before v7, none is empty
     */
    public record Agreed(int generation, String protocolType, String protocolName) {

        /** With an error. */
        public static final Agreed NOTHING = new Agreed(NO_GENERATION, null, null);

        static Agreed read(Reader in) {
            int generation = in.int32();
            return in.since(7)
                    ? new Agreed(generation, in.nullableString(), in.nullableString())
                    : new Agreed(generation, null, in.string());
        }

        void write(Writer out) {
            out.int32(generation);
            if (out.since(7)) {
                out.nullableString(protocolType);
                out.nullableString(protocolName);
            } else {
                out.string(protocolName == null ? "" : protocolName);
            }
        }
    }

    /**
     * @param throttleMillis 0 before v2
     * @param leader member id; empty with an error
     * @param skipAssignment whether the leader is to keep the assignment that the group has; false before v9
     * @param memberId of the one who asked: also with {@link ErrorCode#MEMBER_ID_REQUIRED}
     * @param members empty but for the leader
     */
    public record Response(
            int throttleMillis,
            ErrorCode error,
            Agreed agreed,
            String leader,
            boolean skipAssignment,
            String memberId,
            List<Member> members)
            implements ResponseBody {

        /** Refused; {@code memberId} is empty if there is none. */
        public static Response failed(ErrorCode error, String memberId) {
            return new Response(0, error, Agreed.NOTHING, "", false, memberId, List.of());
        }

        public static Response read(Reader in) {
            int throttleMillis = in.since(2) ? in.int32() : 0;
            ErrorCode error = ErrorCode.read(in);
            Agreed agreed = Agreed.read(in);
            String leader = in.string();
            boolean skipAssignment = in.since(9) && in.bool();
            String memberId = in.string();
            return new Response(
                    throttleMillis, error, agreed, leader, skipAssignment, memberId, in.structs(Member::read));
        }

        @Override
        public void write(Writer out) {
            if (out.since(2)) {
                out.int32(throttleMillis);
            }
            error.write(out);
            agreed.write(out);
            out.string(leader);
            if (out.since(9)) {
                out.bool(skipAssignment);
            }
            out.string(memberId);
            out.structs(members, Member::write);
        }
    }
}
