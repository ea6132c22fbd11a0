package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;

/**
 * Key 12: a member says that it lives, and hears whether its generation does. Versions 0 to 4, flexible from 4. v1
 * throttle time, v3 static members (KIP-345).
 */
public final class Heartbeat {

    private Heartbeat() {}

    /** @param instanceId of a static member; null for others, and before v3 */
    public record Request(String groupId, int generation, String memberId, String instanceId) implements RequestBody {

        public static Request read(Reader in) {
            String groupId = in.string();
            int generation = in.int32();
            String memberId = in.string();
            return new Request(groupId, generation, memberId, in.since(3) ? in.nullableString() : null);
        }

        @Override
        public ApiKey api() {
            return ApiKey.HEARTBEAT;
        }

        @Override
        public void write(Writer out) {
            out.string(groupId);
            out.int32(generation);
            out.string(memberId);
            if (out.since(3)) {
                out.nullableString(instanceId);
            }
        }
    }

    /** @param throttleMillis 0 before v1 */
    public record Response(int throttleMillis, ErrorCode error) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.since(1) ? in.int32() : 0;
            return new Response(throttleMillis, ErrorCode.read(in));
        }

        @Override
        public void write(Writer out) {
            if (out.since(1)) {
                out.int32(throttleMillis);
            }
            error.write(out);
        }
    }
}
