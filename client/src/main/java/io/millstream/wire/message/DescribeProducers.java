package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 61: the idempotent producers that a partition's leader remembers (KIP-664). Version 0, flexible. */
public final class DescribeProducers {

    /** No coordinator epoch: the producer is in no transaction. */
    public static final int NO_COORDINATOR = -1;

    /** No transaction is open. */
    public static final long NO_TRANSACTION = -1;

    private DescribeProducers() {}

    /** Which partitions. */
    public record Request(List<ByTopic<Integer>> topics) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.structs(ByTopic::readNumbers));
        }

        @Override
        public ApiKey api() {
            return ApiKey.DESCRIBE_PRODUCERS;
        }

        @Override
        public void write(Writer out) {
            out.structs(topics, ByTopic::writeNumbers);
        }
    }

    /**
     * @param lastSequence of its last batch's last record; -1 if none
     * @param lastTimestamp of its last batch, ms since the epoch; -1 if none
     * @param coordinatorEpoch of the coordinator that last ended a transaction here, or {@link #NO_COORDINATOR}
     * @param transactionStart first offset of the open transaction, or {@link #NO_TRANSACTION}
     */
    public record Producer(
            long producerId,
            int producerEpoch,
            int lastSequence,
            long lastTimestamp,
            int coordinatorEpoch,
            long transactionStart) {

        static Producer read(Reader in) {
            return new Producer(in.int64(), in.int32(), in.int32(), in.int64(), in.int32(), in.int64());
        }

        static void write(Writer out, Producer producer) {
            out.int64(producer.producerId);
            out.int32(producer.producerEpoch);
            out.int32(producer.lastSequence);
            out.int64(producer.lastTimestamp);
            out.int32(producer.coordinatorEpoch);
            out.int64(producer.transactionStart);
        }
    }

    /** One partition; {@code errorMessage} may be null. */
    public record Described(int partition, ErrorCode error, String errorMessage, List<Producer> producers) {

        static Described read(Reader in) {
            return new Described(in.int32(), ErrorCode.read(in), in.nullableString(), in.structs(Producer::read));
        }

        static void write(Writer out, Described described) {
            out.int32(described.partition);
            described.error.write(out);
            out.nullableMessage(described.errorMessage);
            out.structs(described.producers, Producer::write);
        }
    }

    /** One answer per partition of the request. */
    public record Response(int throttleMillis, List<ByTopic<Described>> topics) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(ByTopic.reader(Described::read)));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(topics, ByTopic.writer(Described::write));
        }
    }
}
