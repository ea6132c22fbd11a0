package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 18: which APIs and versions the server speaks. Versions 0 to 3, flexible from 3. v1 throttle time, v2 nothing, v3
 * the client's name and version (KIP-511).
 *
 * <p>A request of a version that is not spoken is answered in version 0 with {@link ErrorCode#UNSUPPORTED_VERSION} and
 * the whole table, so that the client can choose again. The features of v3, tagged fields, are not used.
 */
public final class ApiVersions {

    private ApiVersions() {}

    /**
     * @param softwareName the client library's name; empty before v3
     * @param softwareVersion the client library's version; empty before v3
     */
    public record Request(String softwareName, String softwareVersion) implements RequestBody {

        public static Request read(Reader in) {
            return in.since(3) ? new Request(in.string(), in.string()) : new Request("", "");
        }

        @Override
        public ApiKey api() {
            return ApiKey.API_VERSIONS;
        }

        @Override
        public void write(Writer out) {
            if (out.since(3)) {
                out.string(softwareName);
                out.string(softwareVersion);
            }
        }
    }

    /**
     * One API as a server speaks it.
     *
     * @param apiKey the raw number: servers speak APIs that are not known here
     * @param min lowest version, inclusive
     * @param max highest version, inclusive
     */
    public record Window(short apiKey, short min, short max) {

        static Window read(Reader in) {
            return new Window(in.int16(), in.int16(), in.int16());
        }

        static void write(Writer out, Window window) {
            out.int16(window.apiKey);
            out.int16(window.min);
            out.int16(window.max);
        }
    }

    /** @param throttleMillis 0 before v1 */
    public record Response(ErrorCode error, List<Window> apis, int throttleMillis) implements ResponseBody {

        public static Response read(Reader in) {
            ErrorCode error = ErrorCode.read(in);
            List<Window> apis = in.structs(Window::read);
            return new Response(error, apis, in.since(1) ? in.int32() : 0);
        }

        @Override
        public void write(Writer out) {
            error.write(out);
            out.structs(apis, Window::write);
            if (out.since(1)) {
                out.int32(throttleMillis);
            }
        }
    }
}
