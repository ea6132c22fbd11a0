package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 10: which broker coordinates a group. Versions 0 to 4, flexible from 3. v1 throttle time, error messages and the
 * type of the key (KIP-98); v4 several keys (KIP-699).
 *
 * <p>Before v4 there is exactly one key, and it is not in the response.
 */
public final class FindCoordinator {

    /** The keys are group ids. */
    public static final byte GROUP = 0;

    /** The keys are transactional ids. */
    public static final byte TRANSACTION = 1;

    /** No broker: with an error. */
    public static final int NO_BROKER = -1;

    private static final int SEVERAL_KEYS = 4;

    private FindCoordinator() {}

    /**
     * @param type {@link #GROUP} before v1
     * @param keys exactly one before v4
     */
    public record Request(byte type, List<String> keys) implements RequestBody {

        public static Request read(Reader in) {
            if (in.since(SEVERAL_KEYS)) {
                return new Request(in.int8(), in.values(Reader::string));
            }
            List<String> keys = List.of(in.string());
            return new Request(in.since(1) ? in.int8() : GROUP, keys);
        }

        @Override
        public ApiKey api() {
            return ApiKey.FIND_COORDINATOR;
        }

        @Override
        public void write(Writer out) {
            if (out.since(SEVERAL_KEYS)) {
                out.int8(type);
                out.values(keys, Writer::string);
                return;
            }
            out.string(Single.of(keys, out));
            if (out.since(1)) {
                out.int8(type);
            }
        }
    }

    /**
     * What was found for one key.
     *
     * @param key empty before v4
     * @param node broker id, {@link #NO_BROKER} with an error
     * @param errorMessage null if none, and before v1
     */
    public record Found(String key, int node, String host, int port, ErrorCode error, String errorMessage) {

        /** None, for this reason; {@code message} may be null. */
        public static Found failed(String key, ErrorCode error, String message) {
            return new Found(key, NO_BROKER, "", -1, error, message);
        }

        private static Found readAlone(Reader in) {
            ErrorCode error = ErrorCode.read(in);
            String errorMessage = in.since(1) ? in.nullableString() : null;
            return new Found("", in.int32(), in.string(), in.int32(), error, errorMessage);
        }

        private static void writeAlone(Writer out, Found found) {
            found.error.write(out);
            if (out.since(1)) {
                out.nullableMessage(found.errorMessage);
            }
            out.int32(found.node);
            out.string(found.host);
            out.int32(found.port);
        }

        static Found read(Reader in) {
            return new Found(in.string(), in.int32(), in.string(), in.int32(), ErrorCode.read(in), in.nullableString());
        }

        static void write(Writer out, Found found) {
            out.string(found.key);
            out.int32(found.node);
            out.string(found.host);
            out.int32(found.port);
            found.error.write(out);
            out.nullableMessage(found.errorMessage);
        }
    }

    /**
     * @param throttleMillis 0 before v1
     * @param coordinators one per key of the request
     */
    public record Response(int throttleMillis, List<Found> coordinators) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.since(1) ? in.int32() : 0;
            return new Response(
                    throttleMillis, in.since(SEVERAL_KEYS) ? in.structs(Found::read) : List.of(Found.readAlone(in)));
        }

        @Override
        public void write(Writer out) {
            if (out.since(1)) {
                out.int32(throttleMillis);
            }
            if (out.since(SEVERAL_KEYS)) {
                out.structs(coordinators, Found::write);
            } else {
                Found.writeAlone(out, Single.of(coordinators, out));
            }
        }
    }
}
