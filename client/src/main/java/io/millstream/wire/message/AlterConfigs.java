package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 33: replace all settings of a topic or broker (KIP-133). Versions 0 to 2, flexible from 2. v1 changes no field. */
public final class AlterConfigs {

    private AlterConfigs() {}

    /** @param value null for none */
    public record Setting(String name, String value) {

        static Setting read(Reader in) {
            return new Setting(in.string(), in.nullableString());
        }

        static void write(Writer out, Setting setting) {
            out.string(setting.name);
            out.nullableString(setting.value);
        }
    }

    /**
     * @param type {@link DescribeConfigs#TOPIC}, {@link DescribeConfigs#BROKER}, or a number not known here
     * @param settings all that it shall have; what is left out goes back to its default
     */
    public record Resource(byte type, String name, List<Setting> settings) {

        static Resource read(Reader in) {
            return new Resource(in.int8(), in.string(), in.structs(Setting::read));
        }

        static void write(Writer out, Resource resource) {
            out.int8(resource.type);
            out.string(resource.name);
            out.structs(resource.settings, Setting::write);
        }
    }

    /** @param validateOnly whether to check and change nothing */
    public record Request(List<Resource> resources, boolean validateOnly) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.structs(Resource::read), in.bool());
        }

        @Override
        public ApiKey api() {
            return ApiKey.ALTER_CONFIGS;
        }

        @Override
        public void write(Writer out) {
            out.structs(resources, Resource::write);
            out.bool(validateOnly);
        }
    }

    /**
     * What became of one resource.
     *
     * @param errorMessage null if none
     */
    public record Altered(ErrorCode error, String errorMessage, byte type, String name) {

        static Altered read(Reader in) {
            return new Altered(ErrorCode.read(in), in.nullableString(), in.int8(), in.string());
        }

        static void write(Writer out, Altered altered) {
            altered.error.write(out);
            out.nullableMessage(altered.errorMessage);
            out.int8(altered.type);
            out.string(altered.name);
        }
    }

    /** One outcome per resource of the request. */
    public record Response(int throttleMillis, List<Altered> resources) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(Altered::read));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(resources, Altered::write);
        }
    }
}
