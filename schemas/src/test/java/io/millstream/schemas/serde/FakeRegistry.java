package io.millstream.schemas.serde;

import io.millstream.schemas.RegisteredSchema;
import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.SchemaIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.avro.Schema;

/** A registry in memory that notes what it is asked. An id per schema, from 1. */
final class FakeRegistry implements SchemaIds {

    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, List<Integer>> subjects = new TreeMap<>();
    private final List<String> calls = new ArrayList<>();

    /** What was asked so far, in order: {@code register clicks-value} and so on. */
    List<String> calls() {
        return calls;
    }

    @Override
    public int register(String subject, Schema schema, boolean normalize) {
        calls.add("register " + subject + (normalize ? " normalized" : ""));
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        int id = schemas.indexOf(schema) + 1;
        List<Integer> versions = subjects.computeIfAbsent(subject, key -> new ArrayList<>());
        if (!versions.contains(id)) {
            versions.add(id);
        }
        return id;
    }

    @Override
    public OptionalInt idOf(String subject, Schema schema, boolean normalize) {
        calls.add("idOf " + subject + (normalize ? " normalized" : ""));
        int id = schemas.indexOf(schema) + 1;
        return subjects.getOrDefault(subject, List.of()).contains(id) ? OptionalInt.of(id) : OptionalInt.empty();
    }

    @Override
    public RegisteredSchema newest(String subject) {
        calls.add("newest " + subject);
        List<Integer> versions = subjects.get(subject);
        if (versions == null) {
            throw new SchemaException(Reason.SUBJECT_NOT_FOUND, "Subject '" + subject + "' does not exist", null);
        }
        int id = versions.get(versions.size() - 1);
        return new RegisteredSchema(subject, versions.size(), id, schemas.get(id - 1));
    }

    @Override
    public Optional<Schema> find(int id) {
        calls.add("find " + id);
        return id >= 1 && id <= schemas.size() ? Optional.of(schemas.get(id - 1)) : Optional.empty();
    }
}
