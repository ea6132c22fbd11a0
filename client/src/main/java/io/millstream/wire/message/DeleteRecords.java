package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 21: forget the records of partitions below an offset (KIP-107). Versions 0 to 2, flexible from 2. v1 changes no field. */
public final class DeleteRecords {

    /** Offset: whatever is committed, the high watermark. */
    public static final long ALL_COMMITTED = -1;

    /** Low watermark of a partition that was not changed. */
    public static final long NO_OFFSET = -1;

    private DeleteRecords() {}

    /** @param offset of the first record to keep, or {@link #ALL_COMMITTED} */
    public record Deletion(int partition, long offset) {

        static Deletion read(Reader in) {
            return new Deletion(in.int32(), in.int64());
        }

        static void write(Writer out, Deletion deletion) {
            out.int32(deletion.partition);
            out.int64(deletion.offset);
        }
    }

    /** @param timeoutMillis how long to wait until all replicas have done it */
    public record Request(List<ByTopic<Deletion>> topics, int timeoutMillis) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.structs(ByTopic.reader(Deletion::read)), in.int32());
        }

        @Override
        public ApiKey api() {
            return ApiKey.DELETE_RECORDS;
        }

        @Override
        public void write(Writer out) {
            out.structs(topics, ByTopic.writer(Deletion::write));
            out.int32(timeoutMillis);
        }
    }

    /** @param lowWatermark the lowest log start offset of all replicas, or {@link #NO_OFFSET} with an error */
    public record Deleted(int partition, long lowWatermark, ErrorCode error) {

        /** Nothing but an error. */
        public static Deleted failed(int partition, ErrorCode error) {
            return new Deleted(partition, NO_OFFSET, error);
        }

        static Deleted read(Reader in) {
            return new Deleted(in.int32(), in.int64(), ErrorCode.read(in));
        }

        static void write(Writer out, Deleted deleted) {
            out.int32(deleted.partition);
            out.int64(deleted.lowWatermark);
            deleted.error.write(out);
        }
    }

    /** One outcome per partition of the request. */
    public record Response(int throttleMillis, List<ByTopic<Deleted>> topics) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(ByTopic.reader(Deleted::read)));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(topics, ByTopic.writer(Deleted::write));
        }
    }
}
