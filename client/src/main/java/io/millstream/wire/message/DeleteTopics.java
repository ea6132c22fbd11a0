package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 20: delete topics. Versions 1 to 4, flexible from 4. v2 and v3 change no field. */
public final class DeleteTopics {

    private DeleteTopics() {}

    /** @param timeoutMillis how long to wait until the topics are gone */
    public record Request(List<String> topics, int timeoutMillis) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.values(Reader::string), in.int32());
        }

        @Override
        public ApiKey api() {
            return ApiKey.DELETE_TOPICS;
        }

        @Override
        public void write(Writer out) {
            out.values(topics, Writer::string);
            out.int32(timeoutMillis);
        }
    }

    /** What became of one topic. */
    public record Deleted(String topic, ErrorCode error) {

        static Deleted read(Reader in) {
            return new Deleted(in.string(), ErrorCode.read(in));
        }

        static void write(Writer out, Deleted deleted) {
            out.string(deleted.topic);
            deleted.error.write(out);
        }
    }

    /** One outcome per topic of the request. */
    public record Response(int throttleMillis, List<Deleted> topics) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(Deleted::read));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(topics, Deleted::write);
        }
    }
}
