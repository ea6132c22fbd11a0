package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 60: the brokers and the controller, without topics (KIP-700). Version 0, flexible. */
public final class DescribeCluster {

    private DescribeCluster() {}

    /** @param clusterOperations whether to report the operations allowed on the cluster */
    public record Request(boolean clusterOperations) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.bool());
        }

        @Override
        public ApiKey api() {
            return ApiKey.DESCRIBE_CLUSTER;
        }

        @Override
        public void write(Writer out) {
            out.bool(clusterOperations);
        }
    }

    /** @param rack null if none */
    public record Broker(int id, String host, int port, String rack) {

        static Broker read(Reader in) {
            return new Broker(in.int32(), in.string(), in.int32(), in.nullableString());
        }

        static void write(Writer out, Broker broker) {
            out.int32(broker.id);
            out.string(broker.host);
            out.int32(broker.port);
            out.nullableString(broker.rack);
        }
    }

    /**
     * @param errorMessage null if none
     * @param controller broker id, or {@link Metadata#NO_BROKER}
     * @param authorizedOperations a bit per operation, or {@link Metadata#NO_OPERATIONS}
     */
    public record Response(
            int throttleMillis,
            ErrorCode error,
            String errorMessage,
            String clusterId,
            int controller,
            List<Broker> brokers,
            int authorizedOperations)
            implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.int32();
            ErrorCode error = ErrorCode.read(in);
            String errorMessage = in.nullableString();
            String clusterId = in.string();
            int controller = in.int32();
            List<Broker> brokers = in.structs(Broker::read);
            return new Response(throttleMillis, error, errorMessage, clusterId, controller, brokers, in.int32());
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            error.write(out);
            out.nullableMessage(errorMessage);
            out.string(clusterId);
            out.int32(controller);
            out.structs(brokers, Broker::write);
            out.int32(authorizedOperations);
        }
    }
}
