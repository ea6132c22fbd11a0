package io.millstream.schemas;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Znodes.LastId;
import io.millstream.schemas.Znodes.SchemaId;
import io.millstream.schemas.Znodes.StoredSchema;
import io.millstream.schemas.Znodes.Subject;
import io.millstream.schemas.Znodes.Version;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.avro.Schema;

/**
 * The registry of Avro schemas, kept in ZooKeeper. An id, from 1, names one schema for ever, whatever subjects have it: the
 * same schema (by its {@linkplain SchemaText#canonical canonical text}) always gets the same id. Registries share nothing
 * but ZooKeeper, where each change is one guarded multi.
 *
 * <p>Calls block on ZooKeeper, unless answered from memory; not for event loops. Safe for use by several threads. All
 * failures are {@link SchemaException}s.
 */
public final class SchemaRegistry implements SchemaLookup {

    /** Longest name of a subject, in characters. */
    public static final int MAX_SUBJECT_LENGTH = 1000;

    /** Most versions of a subject. */
    public static final int MAX_VERSIONS = 10_000;

    private static final String AVRO = "AVRO";
    private static final int CACHED = 10_000;
    private static final int ATTEMPTS = 1000;

    /** A subject's znode as it was read; version -1 if there is none yet. */
    private record SubjectState(List<Version> versions, int znodeVersion) {
        boolean has(int id) {
            return versions.stream().anyMatch(version -> version.id() == id);
        }
    }

    private record Registration(String subject, String hash) {}

    private final Coordination coordination;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Registration, Integer> registered = new ConcurrentHashMap<>();
    private final Object registering = new Object();

    /** A registry over {@code coordination}, which stays the caller's to close. */
    public SchemaRegistry(Coordination coordination) {
        this.coordination = coordination;
    }

    /**
     * Makes {@code schema} the newest version of {@code subject}, unless it is one of its versions already.
     *
     * @return the schema's id
     */
    public int register(String subject, Schema schema) {
        requireLegal(subject);
        String text = SchemaText.canonical(schema);
        Registration wanted = new Registration(subject, hash(text));
        Integer known = registered.get(wanted);
        if (known != null) {
            return known;
        }
        // One at a time in this process: they would only get in each other's way in ZooKeeper.
        synchronized (registering) {
            int id = reachable(() -> register(wanted, text));
            remember(registered, wanted, id);
            return id;
        }
    }

    private int register(Registration wanted, String text) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            SubjectState subject = subject(wanted.subject);
            Optional<Integer> id = read(Znodes.hash(wanted.hash), SchemaId.class)
                    .map(it -> it.value().id());
            if (id.isPresent() && subject.has(id.get())) {
                return id.get();
            }
            List<Write> steps = new ArrayList<>();
            int newId = id.orElseGet(() -> addSchema(wanted.hash, text, steps));
            addVersion(wanted.subject, subject, newId, steps);
            try {
                await(coordination.commit(steps));
                return newId;
            } catch (CoordinationException e) {
                prepareNext(e);
            }
        }
        throw new SchemaException(
                Reason.UNAVAILABLE,
                "Subject '" + wanted.subject + "': others registered each of " + ATTEMPTS + " times that it was tried",
                null);
    }

    /** After a conflict, or an answer that was lost, what is in ZooKeeper tells what is left to do. */
    private void prepareNext(CoordinationException failure) {
        switch (failure.reason()) {
            case CONFLICT -> {
                for (String parent : List.of(Znodes.IDS, Znodes.HASHES, Znodes.SUBJECTS)) {
                    await(coordination.ensurePath(parent));
                }
            }
            case UNKNOWN_OUTCOME, SESSION_EXPIRED -> await(coordination.sync());
            case REFUSED -> throw failure;
        }
    }

    private int addSchema(String hash, String text, List<Write> steps) {
        Optional<Versioned<LastId>> last = read(Znodes.IDS, LastId.class);
        int id = last.map(it -> it.value().lastId()).orElse(0) + 1;
        byte[] lastId = Document.write(new LastId(id));
        // Where the parents are missing still, this conflicts, and they are made.
        steps.add(new Write.Update(
                Znodes.IDS, lastId, last.map(Versioned::version).orElse(0)));
        steps.add(new Write.Create(Znodes.id(id), Document.write(new StoredSchema(AVRO, text))));
        steps.add(new Write.Create(Znodes.hash(hash), Document.write(new SchemaId(id))));
        return id;
    }

    private static void addVersion(String name, SubjectState subject, int id, List<Write> steps) {
        if (subject.versions.size() >= MAX_VERSIONS) {
            throw new SchemaException(
                    Reason.INVALID,
                    "Subject '" + name + "' has " + MAX_VERSIONS + " versions, and can have no more",
                    null);
        }
        List<Version> versions = new ArrayList<>(subject.versions);
        int latest = versions.isEmpty() ? 0 : versions.get(versions.size() - 1).version();
        versions.add(new Version(latest + 1, id));
        String path = Znodes.subject(name);
        byte[] document = Document.write(new Subject(versions));
        steps.add(
                subject.znodeVersion < 0
                        ? new Write.Create(path, document)
                        : new Write.Update(path, document, subject.znodeVersion));
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
        return reachable(() -> {
            Optional<Schema> stored = stored(id);
            if (stored.isEmpty()) {
                // The server asked may be behind the one that told a producer of this id.
                await(coordination.sync());
                stored = stored(id);
            }
            stored.ifPresent(schema -> remember(schemas, id, schema));
            return stored;
        });
    }

    private Optional<Schema> stored(int id) {
        return read(Znodes.id(id), StoredSchema.class).map(it -> parse(id, it.value()));
    }

    private static Schema parse(int id, StoredSchema stored) {
        if (!AVRO.equals(stored.type())) {
            throw new SchemaException(
                    Reason.UNAVAILABLE, "Schema " + id + " is of type " + stored.type() + ", not " + AVRO, null);
        }
        return SchemaText.parse(stored.schema());
    }

    /**
     * The schema of this id.
     *
     * @throws SchemaException {@link Reason#NOT_FOUND} if there is none
     */
    public Schema byId(int id) {
        return find(id).orElseThrow(() -> new SchemaException(Reason.NOT_FOUND, "No schema has the id " + id, null));
    }

    /** The newest version of {@code subject}; empty if nothing was registered for it. */
    public Optional<RegisteredSchema> latest(String subject) {
        requireLegal(subject);
        List<Version> versions = reachable(() -> subject(subject).versions);
        return versions.isEmpty()
                ? Optional.empty()
                : Optional.of(registered(subject, versions.get(versions.size() - 1)));
    }

    /** All versions of {@code subject}, oldest first. */
    public List<RegisteredSchema> versions(String subject) {
        requireLegal(subject);
        return reachable(() -> subject(subject).versions).stream()
                .map(version -> registered(subject, version))
                .toList();
    }

    private RegisteredSchema registered(String subject, Version version) {
        return new RegisteredSchema(subject, version.version(), version.id(), byId(version.id()));
    }

    /** Names of the subjects' znodes, sorted: the subjects' names where they are plain. */
    public List<String> subjects() {
        return reachable(() -> await(coordination.children(Znodes.SUBJECTS)));
    }

    /**
     * Every schema whose id was given out before this was called: no record written until then has another. For the tasks
     * of a job that reads what was written until it was planned.
     */
    public SchemaMap snapshot() {
        return reachable(() -> {
            await(coordination.sync());
            int last = read(Znodes.IDS, LastId.class)
                    .map(it -> it.value().lastId())
                    .orElse(0);
            Map<Integer, Schema> all = new TreeMap<>(schemas); // first: others may empty the cache meanwhile
            Map<Integer, CompletableFuture<Optional<Versioned<byte[]>>>> reads = new TreeMap<>();
            for (int id = 1; id <= last; id++) {
                if (!all.containsKey(id)) {
                    reads.put(id, coordination.read(Znodes.id(id)));
                }
            }
            reads.forEach((id, found) -> document(await(found), Znodes.id(id), StoredSchema.class)
                    .ifPresent(stored -> all.put(id, parse(id, stored.value()))));
            return new SchemaMap(all);
        });
    }

    private SubjectState subject(String subject) {
        return read(Znodes.subject(subject), Subject.class)
                .map(found -> new SubjectState(found.value().versions(), found.version()))
                .orElseGet(() -> new SubjectState(List.of(), -1));
    }

    private <T> Optional<Versioned<T>> read(String path, Class<T> type) {
        return document(await(coordination.read(path)), path, type);
    }

    private static <T> Optional<Versioned<T>> document(Optional<Versioned<byte[]>> found, String path, Class<T> type) {
        // An empty znode is a parent that was just made.
        return found.filter(it -> it.value().length > 0).map(it -> it.with(Document.read(it.value(), type, path)));
    }

    private static <T> T reachable(Supplier<T> action) {
        try {
            return action.get();
        } catch (CoordinationException e) {
            throw new SchemaException(Reason.UNAVAILABLE, "Schema registry: " + e.getMessage(), e);
        }
    }

    private static void requireLegal(String subject) {
        if (subject.isEmpty() || subject.length() > MAX_SUBJECT_LENGTH) {
            String why = "A subject's name has 1 to " + MAX_SUBJECT_LENGTH + " characters, not " + subject.length();
            throw new SchemaException(Reason.INVALID, why, null);
        }
        try {
            Znodes.subject(subject);
        } catch (IllegalArgumentException e) {
            throw new SchemaException(Reason.INVALID, "Not a subject's name: " + e.getMessage(), e);
        }
    }

    /** What is in ZooKeeper never changes, so a cache is never wrong; it is only kept from growing. */
    private static <K, V> void remember(Map<K, V> cache, K key, V value) {
        if (cache.size() >= CACHED) {
            cache.clear();
        }
        cache.put(key, value);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256", e);
        }
    }
}
