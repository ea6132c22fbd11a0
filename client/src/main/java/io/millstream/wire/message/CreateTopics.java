package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 19: create topics. Versions 2 to 5, flexible from 5. v4 the broker's default numbers of partitions and replicas
 * (KIP-464); v5 answers with the topic's settings (KIP-525).
 */
public final class CreateTopics {

    /** The broker's default, or as many as the assignments say. */
    public static final int DEFAULT = -1;

    private CreateTopics() {}

    /** @param brokers ids, the preferred leader first */
    public record Assignment(int partition, List<Integer> brokers) {

        static Assignment read(Reader in) {
            return new Assignment(in.int32(), in.values(Reader::int32));
        }

        static void write(Writer out, Assignment assignment) {
            out.int32(assignment.partition);
            out.values(assignment.brokers, Writer::int32);
        }
    }

    /** @param value may be null */
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
     * @param partitions {@link #DEFAULT} for the default (Kafka's client: from v4), or with assignments
     * @param replicationFactor {@link #DEFAULT} for the default (Kafka's client: from v4), or with assignments
     * @param assignments empty to leave the choice of brokers to the cluster
     */
    public record Topic(
            String name,
            int partitions,
            short replicationFactor,
            List<Assignment> assignments,
            List<Setting> settings) {

        static Topic read(Reader in) {
            String name = in.string();
            int partitions = in.int32();
            short replicationFactor = in.int16();
            List<Assignment> assignments = in.structs(Assignment::read);
            return new Topic(name, partitions, replicationFactor, assignments, in.structs(Setting::read));
        }

        static void write(Writer out, Topic topic) {
            out.string(topic.name);
            out.int32(topic.partitions);
            out.int16(topic.replicationFactor);
            out.structs(topic.assignments, Assignment::write);
            out.structs(topic.settings, Setting::write);
        }
    }

    /**
     * @param timeoutMillis how long to wait until the topics can be used
     * @param validateOnly whether to say only what would happen
     */
    public record Request(List<Topic> topics, int timeoutMillis, boolean validateOnly) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.structs(Topic::read), in.int32(), in.bool());
        }

        @Override
        public ApiKey api() {
            return ApiKey.CREATE_TOPICS;
        }

        @Override
        public void write(Writer out) {
            out.structs(topics, Topic::write);
            out.int32(timeoutMillis);
            out.bool(validateOnly);
        }
    }

    /**
     * A setting of the new topic.
     *
     * @param value null if sensitive or not set
     * @param source where the value comes from: one of the sources in {@link DescribeConfigs}
     */
    public record Config(String name, String value, boolean readOnly, byte source, boolean sensitive) {

        static Config read(Reader in) {
            return new Config(in.string(), in.nullableString(), in.bool(), in.int8(), in.bool());
        }

        static void write(Writer out, Config config) {
            out.string(config.name);
            out.nullableString(config.value);
            out.bool(config.readOnly);
            out.int8(config.source);
            out.bool(config.sensitive);
        }
    }

    /**
     * What became of one topic.
     *
     * @param errorMessage null if none
     * @param partitions {@link #DEFAULT} if unknown, and before v5
     * @param replicationFactor {@link #DEFAULT} if unknown, and before v5
     * @param configs null if unknown; empty before v5
     */
    public record Created(
            String topic,
            ErrorCode error,
            String errorMessage,
            int partitions,
            short replicationFactor,
            List<Config> configs) {

        /** Refused, or failed; {@code message} may be null. */
        public static Created failed(String topic, ErrorCode error, String message) {
            return new Created(topic, error, message, DEFAULT, (short) DEFAULT, List.of());
        }

        static Created read(Reader in) {
            String topic = in.string();
            ErrorCode error = ErrorCode.read(in);
            String errorMessage = in.nullableString();
            if (!in.since(5)) {
                return failed(topic, error, errorMessage);
            }
            int partitions = in.int32();
            short replicationFactor = in.int16();
            List<Config> configs = in.nullableStructs(Config::read);
            return new Created(topic, error, errorMessage, partitions, replicationFactor, configs);
        }

        static void write(Writer out, Created created) {
            out.string(created.topic);
            created.error.write(out);
            out.nullableMessage(created.errorMessage);
            if (out.since(5)) {
                out.int32(created.partitions);
                out.int16(created.replicationFactor);
                out.nullableStructs(created.configs, Config::write);
            }
        }
    }

    /** One outcome per topic of the request. */
    public record Response(int throttleMillis, List<Created> topics) implements ResponseBody {

        public static Response read(Reader in) {
            return new Response(in.int32(), in.structs(Created::read));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            out.structs(topics, Created::write);
        }
    }
}
