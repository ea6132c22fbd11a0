package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 45: move partitions to other brokers, or stop moving them (KIP-455). Version 0, flexible. */
public final class AlterPartitionReassignments {

    private AlterPartitionReassignments() {}

    /** @param replicas broker ids, the preferred leader first; null to stop a reassignment that is going on */
    public record Target(int partition, List<Integer> replicas) {

        static Target read(Reader in) {
            return new Target(in.int32(), in.nullableValues(Reader::int32));
        }

        static void write(Writer out, Target target) {
            out.int32(target.partition);
            out.nullableValues(target.replicas, Writer::int32);
        }
    }

    /** @param timeoutMillis how long to wait until the reassignments have begun */
    public record Request(int timeoutMillis, List<ByTopic<Target>> topics) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.int32(), in.structs(ByTopic.reader(Target::read)));
        }

        @Override
        public ApiKey api() {
            return ApiKey.ALTER_PARTITION_REASSIGNMENTS;
        }

        @Override
        public void write(Writer out) {
            out.int32(timeoutMillis);
            out.structs(topics, ByTopic.writer(Target::write));
        }
    }

    /** What became of one partition; {@code errorMessage} may be null. */
    public record Altered(int partition, ErrorCode error, String errorMessage) {

        static Altered read(Reader in) {
            return new Altered(in.int32(), ErrorCode.read(in), in.nullableString());
        }

        static void write(Writer out, Altered altered) {
            out.int32(altered.partition);
            altered.error.write(out);
            out.nullableMessage(altered.errorMessage);
        }
    }

    /**
     * @param error of the whole request
     * @param errorMessage of the whole request; null if none
     */
    public record Response(int throttleMillis, ErrorCode error, String errorMessage, List<ByTopic<Altered>> topics)
            implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.int32();
            ErrorCode error = ErrorCode.read(in);
            String errorMessage = in.nullableString();
            return new Response(throttleMillis, error, errorMessage, in.structs(ByTopic.reader(Altered::read)));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            error.write(out);
            out.nullableMessage(errorMessage);
            out.structs(topics, ByTopic.writer(Altered::write));
        }
    }
}
