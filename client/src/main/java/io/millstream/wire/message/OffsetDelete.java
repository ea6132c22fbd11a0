package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 47: delete a group's offsets of topics that it does not read any more (KIP-496). Version 0, never flexible. */
public final class OffsetDelete {

    private OffsetDelete() {}

    /** Which partitions of which group. */
    public record Request(String groupId, List<ByTopic<Integer>> topics) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.string(), in.structs(ByTopic::readNumbers));
        }

        @Override
        public ApiKey api() {
            return ApiKey.OFFSET_DELETE;
        }

        @Override
        public void write(Writer out) {
            out.string(groupId);
            out.structs(topics, ByTopic::writeNumbers);
        }
    }

    /** What became of one partition's offset. */
    public record Deleted(int partition, ErrorCode error) {

        static Deleted read(Reader in) {
            return new Deleted(in.int32(), ErrorCode.read(in));
        }

        static void write(Writer out, Deleted deleted) {
            out.int32(deleted.partition);
            deleted.error.write(out);
        }
    }

    /**
     * @param error of the whole request
     * @param topics empty with an error of the whole request
     */
    public record Response(ErrorCode error, int throttleMillis, List<ByTopic<Deleted>> topics) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(ErrorCode.read(in), in.int32(), in.structs(ByTopic.reader(Deleted::read)));
        }

        @Override
        public void write(Writer out) {
            error.write(out);
            out.int32(throttleMillis);
            out.structs(topics, ByTopic.writer(Deleted::write));
        }
    }
}
