package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 16: the groups that a broker coordinates. Versions 0 to 4, flexible from 3. v1 throttle time, v4 states, and a
 * filter by them (KIP-518).
 */
public final class ListGroups {

    private ListGroups() {}

    /** @param states those wanted, as Kafka names them; empty for all, and before v4 */
    public record Request(List<String> states) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.since(4) ? in.values(Reader::string) : List.of());
        }

        @Override
        public ApiKey api() {
            return ApiKey.LIST_GROUPS;
        }

        @Override
        public void write(Writer out) {
            if (out.since(4)) {
                out.values(states, Writer::string);
            }
        }
    }

    /**
     * @param protocolType {@code consumer} for consumers; empty for a group that only holds offsets
     * @param state as Kafka names it; empty before v4
     */
    public record Listed(String groupId, String protocolType, String state) {

        static Listed read(Reader in) {
            return new Listed(in.string(), in.string(), in.since(4) ? in.string() : "");
        }

        static void write(Writer out, Listed group) {
            out.string(group.groupId);
            out.string(group.protocolType);
            if (out.since(4)) {
                out.string(group.state);
            }
        }
    }

    /** @param throttleMillis 0 before v1 */
    public record Response(int throttleMillis, ErrorCode error, List<Listed> groups) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.since(1) ? in.int32() : 0;
            return new Response(throttleMillis, ErrorCode.read(in), in.structs(Listed::read));
        }

        @Override
        public void write(Writer out) {
            if (out.since(1)) {
                out.int32(throttleMillis);
            }
            error.write(out);
            out.structs(groups, Listed::write);
        }
    }
}
