package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.Arrays;
import java.util.List;

/**
 * Key 32: the settings of topics and brokers. Versions 1 to 4, flexible from 4. v1 sources and synonyms (KIP-226); v3
 * types and documentation (KIP-569).
 */
public final class DescribeConfigs {

    /** Resource: a topic. */
    public static final byte TOPIC = 2;

    /** Resource: a broker, named by its id; an empty name for the defaults of all. */
    public static final byte BROKER = 4;

    /** Source: set for the topic. */
    public static final byte FROM_TOPIC = 1;

    /** Source: set for the broker at run time. */
    public static final byte FROM_BROKER = 2;

    /** Source: set for all brokers at run time. */
    public static final byte FROM_ALL_BROKERS = 3;

    /** Source: the broker's file or command line. */
    public static final byte FROM_FILE = 4;

    /** Source: the software's default. */
    public static final byte FROM_DEFAULT = 5;

    private DescribeConfigs() {}

    /** What kind of value a setting takes, as numbered on the wire (KIP-569). */
    public enum Type {
        UNKNOWN(0),
        BOOLEAN(1),
        STRING(2),
        INT(3),
        SHORT(4),
        LONG(5),
        DOUBLE(6),
        LIST(7),
        CLASS(8),
        PASSWORD(9);

        private final byte code;

        Type(int code) {
            this.code = (byte) code;
        }

        /** The number on the wire. */
        public byte code() {
            return code;
        }

        static Type read(Reader in) {
            byte code = in.int8();
            return Arrays.stream(values())
                    .filter(type -> type.code == code)
                    .findFirst()
                    .orElse(UNKNOWN);
        }

        void write(Writer out) {
            out.int8(code);
        }
    }

    /**
     * @param type {@link #TOPIC}, {@link #BROKER}, or a number not known here
     * @param settings the names to describe; null for all
     */
    public record Resource(byte type, String name, List<String> settings) {

        static Resource read(Reader in) {
            return new Resource(in.int8(), in.string(), in.nullableValues(Reader::string));
        }

        static void write(Writer out, Resource resource) {
            out.int8(resource.type);
            out.string(resource.name);
            out.nullableValues(resource.settings, Writer::string);
        }
    }

    /**
     * @param synonyms whether to list what else each value could come from
     * @param documentation whether to explain each setting; false before v3
     */
    public record Request(List<Resource> resources, boolean synonyms, boolean documentation) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.structs(Resource::read), in.bool(), in.since(3) && in.bool());
        }

        @Override
        public ApiKey api() {
            return ApiKey.DESCRIBE_CONFIGS;
        }

        @Override
        public void write(Writer out) {
            out.structs(resources, Resource::write);
            out.bool(synonyms);
            if (out.since(3)) {
                out.bool(documentation);
            }
        }
    }

    /**
     * Where a value could come from.
     *
     * @param name of the setting there
     * @param value null if sensitive or not set
     * @param source one of the sources above
     */
    public record Synonym(String name, String value, byte source) {

        static Synonym read(Reader in) {
            return new Synonym(in.string(), in.nullableString(), in.int8());
        }

        static void write(Writer out, Synonym synonym) {
            out.string(synonym.name);
            out.nullableString(synonym.value);
            out.int8(synonym.source);
        }
    }

    /**
     * @param value null if sensitive or not set
     * @param source one of the sources above
     * @param synonyms in the order of precedence; empty unless asked for
     * @param type {@link Type#UNKNOWN} before v3
     * @param documentation null unless asked for, and before v3
     */
    public record Config(
            String name,
            String value,
            boolean readOnly,
            byte source,
            boolean sensitive,
            List<Synonym> synonyms,
            Type type,
            String documentation) {

        static Config read(Reader in) {
            String name = in.string();
            String value = in.nullableString();
            boolean readOnly = in.bool();
            byte source = in.int8();
            boolean sensitive = in.bool();
            List<Synonym> synonyms = in.structs(Synonym::read);
            Type type = in.since(3) ? Type.read(in) : Type.UNKNOWN;
            String documentation = in.since(3) ? in.nullableString() : null;
            return new Config(name, value, readOnly, source, sensitive, synonyms, type, documentation);
        }

        static void write(Writer out, Config config) {
            out.string(config.name);
            out.nullableString(config.value);
            out.bool(config.readOnly);
            out.int8(config.source);
            out.bool(config.sensitive);
            out.structs(config.synonyms, Synonym::write);
            if (out.since(3)) {
                config.type.write(out);
                out.nullableString(config.documentation);
            }
        }
    }

    /**
     * One resource of the request.
     *
     * @param errorMessage null if none
     */
    public record Described(ErrorCode error, String errorMessage, byte type, String name, List<Config> configs) {

        static Described read(Reader in) {
            ErrorCode error = ErrorCode.read(in);
            return new Described(error, in.nullableString(), in.int8(), in.string(), in.structs(Config::read));
        }

        static void write(Writer out, Described described) {
            described.error.write(out);
            out.nullableMessage(described.errorMessage);
            out.int8(described.type);
            out.string(described.name);
            out.structs(described.configs, Config::write);
        }
    }

    /** One answer per resource of the request. */
    public record Response(int throttleMillis, List<Described> resources) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(Described::read));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(resources, Described::write);
        }
    }
}
