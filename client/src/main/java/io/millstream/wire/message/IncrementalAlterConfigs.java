package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/** Key 44: change some settings of a topic or broker and leave the others (KIP-339). Versions 0 and 1, flexible from 1. */
public final class IncrementalAlterConfigs {

    /** Operation: the setting gets the value. */
    public static final byte SET = 0;

    /** Operation: the setting goes back to its default. */
    public static final byte DELETE = 1;

    /** Operation: a list gains the entries that it lacks. */
    public static final byte APPEND = 2;

    /** Operation: a list loses the entries. */
    public static final byte SUBTRACT = 3;

    private IncrementalAlterConfigs() {}

    /**
     * @param operation {@link #SET}, {@link #DELETE}, {@link #APPEND}, {@link #SUBTRACT}, or a number not known here
     * @param value null for none
     */
    public record Step(String name, byte operation, String value) {

        static Step read(Reader in) {
            return new Step(in.string(), in.int8(), in.nullableString());
        }

        static void write(Writer out, Step step) {
            out.string(step.name);
            out.int8(step.operation);
            out.nullableString(step.value);
        }
    }

    /** @param type {@link DescribeConfigs#TOPIC}, {@link DescribeConfigs#BROKER}, or a number not known here */
    public record Resource(byte type, String name, List<Step> steps) {

        static Resource read(Reader in) {
            return new Resource(in.int8(), in.string(), in.structs(Step::read));
        }

        static void write(Writer out, Resource resource) {
            out.int8(resource.type);
            out.string(resource.name);
            out.structs(resource.steps, Step::write);
        }
    }

    /** @param validateOnly whether to check and change nothing */
    public record Request(List<Resource> resources, boolean validateOnly) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.structs(Resource::read), in.bool());
        }

        @Override
        public ApiKey api() {
            return ApiKey.INCREMENTAL_ALTER_CONFIGS;
        }

        @Override
        public void write(Writer out) {
            out.structs(resources, Resource::write);
            out.bool(validateOnly);
        }
    }

    /** One outcome per resource of the request. */
    public record Response(int throttleMillis, List<AlterConfigs.Altered> resources) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(AlterConfigs.Altered::read));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(resources, AlterConfigs.Altered::write);
        }
    }
}
