package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Payload;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 0: append record batches. Versions 3 to 9, flexible from 9. v3 record batches of format 2 (KIP-98) and the
 * transactional id; v4 the answer may be a disk error (KIP-112); v5 the log start offset (KIP-107); v7 allows zstd
 * (KIP-110); v8 says which record was refused and why (KIP-467).
 *
 * <p>A request with {@link #ACKS_NONE} has no response.
 */
public final class Produce {

    /** Wait for every in-sync replica. */
    public static final short ACKS_ALL = -1;

    /** Do not answer. */
    public static final short ACKS_NONE = 0;

    /** Wait for the leader only. */
    public static final short ACKS_LEADER = 1;

    /** No offset or timestamp: nothing was appended, or it is not known. */
    public static final long NONE = -1;

    private Produce() {}

    /** @param records batches as the producer built them; null if there are none */
    public record Data(int partition, BytesPayload records) {

        static Data read(Reader in) {
            return new Data(in.int32(), in.nullablePayload());
        }

        static void write(Writer out, Data data) {
            out.int32(data.partition);
            out.nullablePayload(data.records);
        }
    }

    /**
     * @param transactionalId null outside transactions
     * @param acks one of the constants above
     * @param timeoutMillis how long to wait for the replicas
     */
    public record Request(String transactionalId, short acks, int timeoutMillis, List<ByTopic<Data>> topics)
            implements RequestBody {

        public static Request read(Reader in) {
            String transactionalId = in.nullableString();
            short acks = in.int16();
            int timeoutMillis = in.int32();
            return new Request(transactionalId, acks, timeoutMillis, in.structs(ByTopic.reader(Data::read)));
        }

        @Override
        public ApiKey api() {
            return ApiKey.PRODUCE;
        }

        @Override
        public void write(Writer out) {
            out.nullableString(transactionalId);
            out.int16(acks);
            out.int32(timeoutMillis);
            out.structs(topics, ByTopic.writer(Data::write));
        }

        @Override
        public void discard() {
            topics.forEach(topic -> topic.partitions().forEach(data -> Payload.release(data.records)));
        }
    }

    /**
     * One record that was refused.
     *
     * @param batchIndex the record's place in the batch, from 0
     * @param message why; may be null
     */
    public record RecordError(int batchIndex, String message) {

        static RecordError read(Reader in) {
            return new RecordError(in.int32(), in.nullableString());
        }

        static void write(Writer out, RecordError error) {
            out.int32(error.batchIndex);
            out.nullableMessage(error.message);
        }
    }

    /**
     * @param baseOffset of the first record appended, or {@link #NONE}
     * @param logAppendTime ms since the epoch if the topic stamps records itself; else {@link #NONE}
     * @param logStartOffset {@link #NONE} if unknown, and before v5
     * @param recordErrors empty before v8
     * @param errorMessage null if none, and before v8
     */
    public record Result(
            int partition,
            ErrorCode error,
            long baseOffset,
            long logAppendTime,
            long logStartOffset,
            List<RecordError> recordErrors,
            String errorMessage) {

        /** Appended. */
        public static Result appended(int partition, long baseOffset, long logAppendTime, long logStartOffset) {
            return new Result(partition, ErrorCode.NONE, baseOffset, logAppendTime, logStartOffset, List.of(), null);
        }

        /** Refused, or failed; {@code message} may be null. */
        public static Result failed(int partition, ErrorCode error, String message) {
            return new Result(partition, error, NONE, NONE, NONE, List.of(), message);
        }

        static Result read(Reader in) {
            int partition = in.int32();
            ErrorCode error = ErrorCode.read(in);
            long baseOffset = in.int64();
            long logAppendTime = in.int64();
            long logStartOffset = in.since(5) ? in.int64() : NONE;
            List<RecordError> recordErrors = in.since(8) ? in.structs(RecordError::read) : List.of();
            String message = in.since(8) ? in.nullableString() : null;
            return new Result(partition, error, baseOffset, logAppendTime, logStartOffset, recordErrors, message);
        }

        static void write(Writer out, Result result) {
            out.int32(result.partition);
            result.error.write(out);
            out.int64(result.baseOffset);
            out.int64(result.logAppendTime);
            if (out.since(5)) {
                out.int64(result.logStartOffset);
            }
            if (out.since(8)) {
                out.structs(result.recordErrors, RecordError::write);
                out.nullableMessage(result.errorMessage);
            }
        }
    }

    /** One result per partition of the request. */
    public record Response(List<ByTopic<Result>> topics, int throttleMillis) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.structs(ByTopic.reader(Result::read)), in.int32());
        }

        @Override
        public void write(Writer out) {
            out.structs(topics, ByTopic.writer(Result::write));
            out.int32(throttleMillis);
        }
    }
}
