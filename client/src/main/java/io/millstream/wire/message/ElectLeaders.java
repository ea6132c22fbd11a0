package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 43: give leadership back to the preferred replicas (KIP-183), or to any that lives (KIP-460). Versions 0 to 2,
 * flexible from 2. v1 the kind of election, and an error of the whole request.
 */
public final class ElectLeaders {

    /** Elects the first of the replicas, if it is in sync. */
    public static final byte PREFERRED = 0;

    /** Elects any replica that lives, in sync or not, where there is no leader: records may be lost. */
    public static final byte UNCLEAN = 1;

    private ElectLeaders() {}

    /**
     * @param type {@link #PREFERRED} before v1
     * @param topics null for all partitions
     * @param timeoutMillis how long to wait for the elections
     */
    public record Request(byte type, List<ByTopic<Integer>> topics, int timeoutMillis) implements RequestBody {

        public static Request read(Reader in) {
            byte type = in.since(1) ? in.int8() : PREFERRED;
            return new Request(type, in.nullableStructs(ByTopic::readNumbers), in.int32());
        }

        @Override
        public ApiKey api() {
            return ApiKey.ELECT_LEADERS;
        }

        @Override
        public void write(Writer out) {
            if (out.since(1)) {
                out.int8(type);
            }
            out.nullableStructs(topics, ByTopic::writeNumbers);
            out.int32(timeoutMillis);
        }
    }

    /** What became of one partition; {@code errorMessage} may be null. */
    public record Elected(int partition, ErrorCode error, String errorMessage) {

        static Elected read(Reader in) {
            return new Elected(in.int32(), ErrorCode.read(in), in.nullableString());
        }

        static void write(Writer out, Elected elected) {
            out.int32(elected.partition);
            elected.error.write(out);
            out.nullableMessage(elected.errorMessage);
        }
    }

    /** @param error of the whole request; {@link ErrorCode#NONE} before v1 */
    public record Response(int throttleMillis, ErrorCode error, List<ByTopic<Elected>> topics) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.int32();
            ErrorCode error = in.since(1) ? ErrorCode.read(in) : ErrorCode.NONE;
            return new Response(throttleMillis, error, in.structs(ByTopic.reader(Elected::read)));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            if (out.since(1)) {
                error.write(out);
            }
            out.structs(topics, ByTopic.writer(Elected::write));
        }
    }
}
