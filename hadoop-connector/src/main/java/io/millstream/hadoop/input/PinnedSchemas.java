package io.millstream.hadoop.input;

import io.millstream.core.TopicName;
import io.millstream.schemas.RegisteredSchema;
import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaMap;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.serde.AvroDeserializer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;

/**
 * The schemas of a job, fixed when it is planned.
 *
 * @param schemas all there were
 * @param readers topic to the id of the schema that its values get; nothing for a topic whose values keep their own
 */
record PinnedSchemas(SchemaMap schemas, SortedMap<String, Integer> readers) {

    private static final String LATEST = "latest";
    private static final String WRITER = "writer";

    /** @throws InputException if a topic has no schema to be pinned */
    static PinnedSchemas plan(Configuration conf, SortedSet<TopicName> topics, SchemaRegistry registry)
            throws InputException {
        String mode = InputKey.AVRO_READER.in(conf).orElse(LATEST);
        SortedMap<String, Integer> readers = new TreeMap<>();
        SchemaMap snapshot = registry.snapshot();
        if (!mode.equals(WRITER)) {
            SortedMap<String, Integer> chosen = mode.equals(LATEST) ? new TreeMap<>() : chosen(conf, mode, snapshot);
            for (TopicName topic : topics) {
                Integer id = chosen.get(topic.value());
                readers.put(topic.value(), id == null ? latest(topic, registry) : id);
            }
            snapshot = registry.snapshot(); // one that has the newest, too
        }
        return new PinnedSchemas(snapshot, readers);
    }

    private static SortedMap<String, Integer> chosen(Configuration conf, String text, SchemaMap known)
            throws InputException {
        SortedMap<String, Integer> ids;
        try {
            ids = pairs(text);
        } catch (NumberFormatException e) {
            throw new InputException(
                    InputKey.AVRO_READER.key() + "=" + text + "; it may be " + LATEST + ", " + WRITER
                            + " or TOPIC:ID,...: " + e.getMessage(),
                    e);
        }
        InputSettings.ensureMayRead(conf, InputKey.AVRO_READER, ids.keySet());
        for (Map.Entry<String, Integer> each : ids.entrySet()) {
            if (known.find(each.getValue()).isEmpty()) {
                throw new InputException(InputKey.AVRO_READER.key() + ": no schema has the id " + each.getValue()
                        + ", which topic " + each.getKey() + " should get");
            }
        }
        return ids;
    }

    /** Reads {@code topic:number,...}. */
    private static SortedMap<String, Integer> pairs(String text) {
        SortedMap<String, Integer> pairs = new TreeMap<>();
        for (String each : InputKey.list(text)) {
            int colon = each.indexOf(':');
            if (colon < 1) {
                throw new NumberFormatException("'" + each + "' has no " + (colon < 0 ? "id" : "topic"));
            }
            String topic = each.substring(0, colon);
            Integer id = Integer.valueOf(each.substring(colon + 1));
            Integer other = pairs.put(topic, id);
            if (other != null && !other.equals(id)) {
                throw new NumberFormatException("topic " + topic + " has two ids, " + other + " and " + id);
            }
        }
        return pairs;
    }

    /** For values that get no schema from the registry: all there are, none pinned. */
    static PinnedSchemas writers(SchemaRegistry registry) {
        return new PinnedSchemas(registry.snapshot(), new TreeMap<>());
    }

    private static int latest(TopicName topic, SchemaRegistry registry) throws InputException {
        String subject = topic + "-value";
        Optional<RegisteredSchema> latest = registry.latest(subject);
        return latest.orElseThrow(
                        () -> new InputException("Topic " + topic + " has no schema: nothing is registered as "
                                + subject + "; register one, or set " + InputKey.AVRO_READER.key() + "=" + WRITER))
                .id();
    }

    /** Leaves them for the tasks. */
    void store(Configuration conf) {
        conf.set(InputKey.AVRO_SCHEMAS.key(), schemas.toJson());
        conf.set(
                InputKey.AVRO_PINNED.key(),
                readers.entrySet().stream()
                        .map(each -> each.getKey() + ":" + each.getValue())
                        .collect(Collectors.joining(",")));
    }

    /** @throws InputException if planning did not leave them, or they were changed */
    static PinnedSchemas load(Configuration conf) throws InputException {
        String json = InputKey.AVRO_SCHEMAS
                .in(conf)
                .orElseThrow(() -> new InputException("The job has no " + InputKey.AVRO_SCHEMAS.key()
                        + ": its splits were not planned by " + AvroTopicInputFormat.class.getSimpleName()));
        try {
            SortedMap<String, Integer> readers =
                    pairs(InputKey.AVRO_PINNED.in(conf).orElse(""));
            return new PinnedSchemas(SchemaMap.fromJson(json, InputKey.AVRO_SCHEMAS.key()), readers);
        } catch (NumberFormatException | SchemaException e) {
            throw new InputException("The schemas that planning left cannot be read: " + e.getMessage(), e);
        }
    }

    /** Decoders by topic, each made when it is first asked for. Not for use by several threads. */
    Decoders decoders() {
        return new Decoders(this);
    }

    /** See {@link #decoders}. */
    static final class Decoders {
        private final PinnedSchemas pinned;
        private final Map<String, AvroDeserializer<GenericRecord>> byTopic = new HashMap<>();

        private Decoders(PinnedSchemas pinned) {
            this.pinned = pinned;
        }

        AvroDeserializer<GenericRecord> of(String topic) {
            return byTopic.computeIfAbsent(topic, this::make);
        }

        private AvroDeserializer<GenericRecord> make(String topic) {
            Integer reader = pinned.readers.get(topic);
            if (reader == null) {
                return AvroDeserializer.asWritten(pinned.schemas);
            }
            Schema schema = pinned.schemas.find(reader).orElseThrow(); // a snapshot taken after it was registered
            return AvroDeserializer.resolvedTo(schema, pinned.schemas);
        }
    }
}
