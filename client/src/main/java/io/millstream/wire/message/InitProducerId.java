package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;

/**
 * Key 22: an id under which a producer's retries are recognised (KIP-98). Versions 0 to 3, flexible from 2. v3 the id and
 * epoch that the producer has, to be given the next epoch (KIP-360).
 */
public final class InitProducerId {

    /** No producer id. */
    public static final long NO_ID = -1;

    /** No producer epoch. */
    public static final short NO_EPOCH = -1;

    private InitProducerId() {}

    /**
     * @param transactionalId null for a producer that is only idempotent
     * @param transactionTimeoutMillis means nothing without a transactional id
     * @param producerId the id the producer has; {@link #NO_ID} for a new one, and before v3
     * @param producerEpoch the epoch the producer has; {@link #NO_EPOCH} for a new one, and before v3
     */
    public record Request(String transactionalId, int transactionTimeoutMillis, long producerId, short producerEpoch)
            implements RequestBody {

        public static Request read(Reader in) {
            String transactionalId = in.nullableString();
            int transactionTimeoutMillis = in.int32();
            long producerId = in.since(3) ? in.int64() : NO_ID;
            short producerEpoch = in.since(3) ? in.int16() : NO_EPOCH;
            return new Request(transactionalId, transactionTimeoutMillis, producerId, producerEpoch);
        }

        @Override
        public ApiKey api() {
            return ApiKey.INIT_PRODUCER_ID;
        }

        @Override
        public void write(Writer out) {
            out.nullableString(transactionalId);
            out.int32(transactionTimeoutMillis);
            if (out.since(3)) {
                out.int64(producerId);
                out.int16(producerEpoch);
            }
        }
    }

    /**
     * @param producerId {@link #NO_ID} with an error
     * @param producerEpoch {@link #NO_EPOCH} with an error
     */
    public record Response(int throttleMillis, ErrorCode error, long producerId, short producerEpoch)
            implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), ErrorCode.read(in), in.int64(), in.int16());
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            error.write(out);
            out.int64(producerId);
            out.int16(producerEpoch);
        }
    }
}
