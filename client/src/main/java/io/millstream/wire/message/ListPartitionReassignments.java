package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 46: the partitions that are moving to other brokers (KIP-455). Version 0, flexible. */
public final class ListPartitionReassignments {

    private ListPartitionReassignments() {}

    /**
     * @param timeoutMillis how long to wait for the answer
     * @param topics null for all partitions
     */
    public record Request(int timeoutMillis, List<ByTopic<Integer>> topics) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.int32(), in.nullableStructs(ByTopic::readNumbers));
        }

        @Override
        public ApiKey api() {
            return ApiKey.LIST_PARTITION_REASSIGNMENTS;
        }

        @Override
        public void write(Writer out) {
            out.int32(timeoutMillis);
            out.nullableStructs(topics, ByTopic::writeNumbers);
        }
    }

    /**
     * One partition that is moving.
     *
     * @param replicas broker ids of all, those that come and those that go included
     * @param adding broker ids of those that come
     * @param removing broker ids of those that go
     */
    public record Ongoing(int partition, List<Integer> replicas, List<Integer> adding, List<Integer> removing) {

        static Ongoing read(Reader in) {
            return new Ongoing(
                    in.int32(), in.values(Reader::int32), in.values(Reader::int32), in.values(Reader::int32));
        }

        static void write(Writer out, Ongoing ongoing) {
            out.int32(ongoing.partition);
            out.values(ongoing.replicas, Writer::int32);
            out.values(ongoing.adding, Writer::int32);
            out.values(ongoing.removing, Writer::int32);
        }
    }

    /**
     * @param error of the whole request
     * @param errorMessage of the whole request; null if none
     * @param topics only partitions that are moving
     */
    public record Response(int throttleMillis, ErrorCode error, String errorMessage, List<ByTopic<Ongoing>> topics)
            implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.int32();
            ErrorCode error = ErrorCode.read(in);
            String errorMessage = in.nullableString();
            return new Response(throttleMillis, error, errorMessage, in.structs(ByTopic.reader(Ongoing::read)));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            error.write(out);
            out.nullableMessage(errorMessage);
            out.structs(topics, ByTopic.writer(Ongoing::write));
        }
    }
}
