package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 37: give topics more partitions (KIP-195). Versions 0 to 2, flexible from 2. v1 changes no field. */
public final class CreatePartitions {

    private CreatePartitions() {}

    /** @param brokers ids of a new partition's replicas, the preferred leader first */
    public record Assignment(List<Integer> brokers) {

        static Assignment read(Reader in) {
            return new Assignment(in.values(Reader::int32));
        }

        static void write(Writer out, Assignment assignment) {
            out.values(assignment.brokers, Writer::int32);
        }
    }

    /**
     * @param count of partitions afterwards, those that exist included
     * @param assignments one per new partition; null to leave the choice of brokers to the cluster
     */
    public record Topic(String name, int count, List<Assignment> assignments) {

        static Topic read(Reader in) {
            return new Topic(in.string(), in.int32(), in.nullableStructs(Assignment::read));
        }

        static void write(Writer out, Topic topic) {
            out.string(topic.name);
            out.int32(topic.count);
            out.nullableStructs(topic.assignments, Assignment::write);
        }
    }

    /**
     * @param timeoutMillis how long to wait until the partitions can be used
     * @param validateOnly whether to say only what would happen
     */
    public record Request(List<Topic> topics, int timeoutMillis, boolean validateOnly) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.structs(Topic::read), in.int32(), in.bool());
        }

        @Override
        public ApiKey api() {
            return ApiKey.CREATE_PARTITIONS;
        }

        @Override
        public void write(Writer out) {
            out.structs(topics, Topic::write);
            out.int32(timeoutMillis);
            out.bool(validateOnly);
        }
    }

    /** What became of one topic; {@code errorMessage} may be null. */
    public record Created(String topic, ErrorCode error, String errorMessage) {

        static Created read(Reader in) {
            return new Created(in.string(), ErrorCode.read(in), in.nullableString());
        }

        static void write(Writer out, Created created) {
            out.string(created.topic);
            created.error.write(out);
            out.nullableMessage(created.errorMessage);
        }
    }

    /** One outcome per topic of the request. */
    public record Response(int throttleMillis, List<Created> topics) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(Created::read));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(topics, Created::write);
        }
    }
}
