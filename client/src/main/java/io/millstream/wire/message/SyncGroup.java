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
 * Key 14: the leader says who does what, and every member hears its part. Versions 0 to 5, flexible from 4. v1 throttle
 * time, v3 static members (KIP-345), v5 the protocol, to be compared on both sides (KIP-559).
 */
public final class SyncGroup {

    private SyncGroup() {}

    /** One member's part. */
    public record Assignment(String memberId, Opaque assignment) {

        static Assignment read(Reader in) {
            return new Assignment(in.string(), in.opaque());
        }

        static void write(Writer out, Assignment assignment) {
            out.string(assignment.memberId);
            out.opaque(assignment.assignment);
        }
    }

    /**
     * @param instanceId of a static member; null for others, and before v3
     * @param protocolType null if not said, and before v5
     * @param protocolName null if not said, and before v5
     * @param assignments empty but from the leader
     */
    public record Request(
            String groupId,
            int generation,
            String memberId,
            String instanceId,
            String protocolType,
            String protocolName,
            List<Assignment> assignments)
            implements RequestBody {

        public static Request read(Reader in) {
            String groupId = in.string();
            int generation = in.int32();
            String memberId = in.string();
            String instanceId = in.since(3) ? in.nullableString() : null;
            String protocolType = in.since(5) ? in.nullableString() : null;
            String protocolName = in.since(5) ? in.nullableString() : null;
            List<Assignment> assignments = in.structs(Assignment::read);
            return new Request(groupId, generation, memberId, instanceId, protocolType, protocolName, assignments);
        }

        @Override
        public ApiKey api() {
            return ApiKey.SYNC_GROUP;
        }

        @Override
        public void write(Writer out) {
            out.string(groupId);
            out.int32(generation);
            out.string(memberId);
            if (out.since(3)) {
                out.nullableString(instanceId);
            }
            if (out.since(5)) {
                out.nullableString(protocolType);
                out.nullableString(protocolName);
            }
            out.structs(assignments, Assignment::write);
        }
    }

    /**
     * @param throttleMillis 0 before v1
     * @param protocolType null if none, and before v5
     * @param protocolName null if none, and before v5
     * @param assignment the part of the one who asked; empty with an error
     */
    public record Response(
            int throttleMillis, ErrorCode error, String protocolType, String protocolName, Opaque assignment)
            implements ResponseBody {

        /** Refused. */
        public static Response failed(ErrorCode error) {
            return new Response(0, error, null, null, Opaque.EMPTY);
        }

        public static Response read(Reader in) {
            int throttleMillis = in.since(1) ? in.int32() : 0;
            ErrorCode error = ErrorCode.read(in);
            String protocolType = in.since(5) ? in.nullableString() : null;
            String protocolName = in.since(5) ? in.nullableString() : null;
            return new Response(throttleMillis, error, protocolType, protocolName, in.opaque());
        }

        @Override
        public void write(Writer out) {
            if (out.since(1)) {
                out.int32(throttleMillis);
            }
            error.write(out);
            if (out.since(5)) {
                out.nullableString(protocolType);
                out.nullableString(protocolName);
            }
            out.opaque(assignment);
        }
    }
}
