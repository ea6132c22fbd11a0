package io.millstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import io.millstream.schemas.SchemaException.Reason;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * A registry asked over its REST API, Millstream's or another that speaks the Confluent Schema Registry's: for clients of
 * brokers, who need not reach ZooKeeper. What never changes is remembered: the schema of an id, and the id of a schema under
 * a subject.
 *
 * <p>Safe for use by several threads. Calls block, each no longer than {@link SchemaClientSettings#timeout} at each server;
 * after an interrupt the thread stays interrupted. All failures are {@link SchemaException}s.
 */
public final class SchemaClient implements SchemaIds {

    private static final int CACHED = 10_000;

    /** @param text canonical */
    private record Registration(String subject, String text, boolean normalize) {}

    private final RegistryCalls calls;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Registration, Integer> ids = new ConcurrentHashMap<>();

    private SchemaClient(RegistryCalls calls) {
        this.calls = calls;
    }

    /** A client with these settings. Connects only when asked something. */
    public static SchemaClient of(SchemaClientSettings settings) {
        return new SchemaClient(new RegistryCalls(settings));
    }

    @Override
    public Optional<Schema> find(int id) {
        Schema known = schemas.get(id);
        if (known != null) {
            return Optional.of(known);
        }
        if (id < 1) {
            return Optional.empty();
        }
        JsonNode found;
        try {
            found = calls.get("/schemas/ids/" + id);
        } catch (SchemaException e) {
            if (RegistryErrors.isAbsence(e.reason())) {
                return Optional.empty();
            }
            throw e;
        }
        Schema schema = parsed("schema " + id, RestBodies.definition(found));
        remember(schemas, id, schema);
        return Optional.of(schema);
    }

    @Override
    public int register(String subject, Schema schema, boolean normalize) {
        Registration wanted = new Registration(subject, SchemaText.canonical(schema), normalize);
        Integer known = ids.get(wanted);
        return known != null ? known : ask(wanted, RestPaths.versions(subject));
    }

    @Override
    public OptionalInt idOf(String subject, Schema schema, boolean normalize) {
        Registration wanted = new Registration(subject, SchemaText.canonical(schema), normalize);
        Integer known = ids.get(wanted);
        if (known != null) {
            return OptionalInt.of(known);
        }
        try {
            return OptionalInt.of(ask(wanted, RestPaths.subject(subject)));
        } catch (SchemaException e) {
            if (RegistryErrors.isAbsence(e.reason())) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    private int ask(Registration wanted, String path) {
        JsonNode answer = calls.post(
                path + (wanted.normalize ? "?normalize=true" : ""), RestBodies.body(SchemaDefinition.of(wanted.text)));
        int id = RestBodies.number(answer, "id");
        remember(ids, wanted, id);
        return id;
    }

    @Override
    public RegisteredSchema newest(String subject) {
        SubjectVersion found = RestBodies.version(calls.get(RestPaths.version(subject, SchemaRegistry.LATEST)));
        Schema schema = parsed("subject '" + subject + "'", found.definition());
        return new RegisteredSchema(subject, found.version(), found.id(), schema);
    }

    private Schema parsed(String what, SchemaDefinition definition) {
        try {
            return RestReferences.parse(definition, reference -> RestBodies.version(
                            calls.get(RestPaths.version(reference.subject(), reference.version())))
                    .definition());
        } catch (SchemaException e) {
            if (e.reason() == Reason.UNAVAILABLE) {
                throw e;
            }
            // Theirs, not the caller's: it must not look like an answer.
            throw new SchemaException(Reason.UNAVAILABLE, "Schema registry: " + what + ": " + e.getMessage(), e);
        }
    }

    /** What is remembered never changes, so a cache is never wrong; it is only kept from growing. */
    private static <K, V> void remember(Map<K, V> cache, K key, V value) {
        if (cache.size() >= CACHED) {
            cache.clear();
        }
        cache.put(key, value);
    }
}
