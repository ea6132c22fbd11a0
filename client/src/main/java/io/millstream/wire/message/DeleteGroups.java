package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 42: delete groups and their offsets (KIP-229). Versions 0 to 2, flexible from 2. v1 changes no field. */
public final class DeleteGroups {

    private DeleteGroups() {}

    /** Which groups. */
    public record Request(List<String> groups) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.values(Reader::string));
        }

        @Override
        public ApiKey api() {
            return ApiKey.DELETE_GROUPS;
        }

        @Override
        public void write(Writer out) {
            out.values(groups, Writer::string);
        }
    }

    /** What became of one group. */
    public record Deleted(String groupId, ErrorCode error) {

        static Deleted read(Reader in) {
            return new Deleted(in.string(), ErrorCode.read(in));
        }

        static void write(Writer out, Deleted deleted) {
            out.string(deleted.groupId);
            deleted.error.write(out);
        }
    }

    /** One outcome per group of the request. */
    public record Response(int throttleMillis, List<Deleted> groups) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(Deleted::read));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(groups, Deleted::write);
        }
    }
}
