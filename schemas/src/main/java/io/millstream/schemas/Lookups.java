package io.millstream.schemas;

import io.millstream.coordination.Versioned;
import io.millstream.schemas.Subject.Version;
import io.millstream.schemas.Znodes.Referrers;
import io.millstream.schemas.Znodes.Settings;
import io.millstream.schemas.Znodes.StoredSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.avro.Schema;

/**
 * Reads the registry. What is asked for often, a schema by its id or text and a version by its number, comes from memory and
 * may be a moment behind what other registries did. Anything else, and that something is not there, is said only after
 * ZooKeeper was asked for all that they did. Safe for use by several threads.
 */
final class Lookups {

    private final Documents documents;
    private final Schemas schemas;
    private final Uses uses;

    Lookups(Documents documents, Schemas schemas, Uses uses) {
        this.documents = documents;
        this.schemas = schemas;
        this.uses = uses;
    }

    /** What is found, now or when all that others did is known. */
    private <T> Optional<T> surely(Supplier<Optional<T>> read) {
        Optional<T> found = read.get();
        if (found.isPresent()) {
            return found;
        }
        documents.sync();
        return read.get();
    }

    private Subject subject(String name) {
        return Znodes.subject(documents, name);
    }

    /** What is set for a subject, or for all that have nothing of their own: the two that decide. */
    <T> T setting(Optional<String> name, BiFunction<Subject, Settings, T> rule) {
        documents.sync();
        Settings settings = documents.get(Znodes.SETTINGS, Settings.class).orElse(Settings.NONE);
        return rule.apply(name.map(this::subject).orElse(Subject.NONE), settings);
    }

    /** The subject, which has versions that are {@code shown}. */
    private Subject knownSubject(String name, Shown shown) {
        return surely(() -> Optional.of(subject(name)).filter(it -> it.has(shown)))
                .orElseThrow(() -> Refusals.noSubject(name));
    }

    Optional<ParsedSchema> schema(int id) {
        return id < 1 ? Optional.empty() : surely(() -> schemas.find(id));
    }

    SchemaDefinition definition(int id) {
        return Optional.of(id)
                .filter(it -> it > 0)
                .flatMap(it -> surely(() -> schemas.stored(it)))
                .map(Schemas::definition)
                .orElseThrow(() -> Refusals.noSchema(id));
    }

    /** The newest live version. */
    Optional<SubjectVersion> latest(String name) {
        documents.sync();
        return subject(name).latest(Shown.LIVE).map(version -> described(name, version));
    }

    Version find(String name, int number, boolean deletedToo) {
        Shown shown = deletedToo ? Shown.DELETED_TOO : Shown.LIVE;
        if (number == SchemaRegistry.LATEST) {
            documents.sync();
        }
        Optional<Version> found = surely(() -> number == SchemaRegistry.LATEST
                ? latest(subject(name), shown)
                : subject(name).find(number).filter(it -> shown.shows(it.deleted())));
        return found.orElseThrow(() -> {
            knownSubject(name, shown);
            return Refusals.noVersion(name, number);
        });
    }

    /** The newest that is live; if none is, the newest of those that are {@code shown}. */
    private static Optional<Version> latest(Subject subject, Shown shown) {
        return subject.latest(Shown.LIVE).or(() -> subject.latest(shown));
    }

    SubjectVersion version(String name, int number, boolean deletedToo) {
        return described(name, find(name, number, deletedToo));
    }

    List<Version> versions(String name, Shown shown) {
        documents.sync();
        return knownSubject(name, shown).shown(shown);
    }

    /** As {@link SchemaRegistry#list}. */
    void list(String prefix, Shown shown, boolean latestOnly, SchemaListing listing) {
        documents.sync();
        uses.forEach((name, subject) -> {
            if (!name.startsWith(prefix) || listing.isFull()) {
                return;
            }
            List<Version> versions = subject.shown(shown);
            for (Version version :
                    versions.subList(latestOnly ? Math.max(0, versions.size() - 1) : 0, versions.size())) {
                if (listing.wantsNext()) {
                    // What was removed meanwhile is not there any more.
                    schemas.stored(version.id())
                            .map(stored -> new SubjectVersion(
                                    name,
                                    version.version(),
                                    version.id(),
                                    Schemas.definition(stored),
                                    version.deleted()))
                            .ifPresent(listing::take);
                }
            }
        });
    }

    SubjectVersion described(String name, Version version) {
        return new SubjectVersion(
                name, version.version(), version.id(), schemas.definition(version.id()), version.deleted());
    }

    Optional<SubjectVersion> lookup(String name, SchemaDefinition definition, boolean normalize, boolean deletedToo) {
        Shown shown = deletedToo ? Shown.DELETED_TOO : Shown.LIVE;
        knownSubject(name, shown);
        Proposal proposal = new Proposal(schemas, definition, normalize);
        return surely(() -> {
                    ParsedSchema schema = proposal.parsed(documents);
                    return proposal.sameIn(subject(name), schemas.idOf(schema), shown, schemas::get);
                })
                .map(version -> described(name, version));
    }

    /** Whether what is proposed gets on with one version, or with all. */
    CompatibilityResult check(String name, OptionalInt number, Proposal proposal) {
        CompatibilityLevel level = setting(Optional.of(name), Rules::level);
        ParsedSchema schema = proposal.parsed(documents);
        List<Version> earlier;
        if (number.isEmpty()) {
            earlier = subject(name).shown(Shown.LIVE);
        } else if (number.getAsInt() == SchemaRegistry.LATEST) {
            earlier = subject(name).latest(Shown.LIVE).stream().toList();
        } else {
            earlier = List.of(find(name, number.getAsInt(), false));
        }
        List<String> messages = new CompatibilityCheck().messages(level, schema, earlier, schemas::get);
        return new CompatibilityResult(messages.isEmpty(), messages);
    }

    List<String> subjects(Shown shown) {
        documents.sync();
        return uses.subjects(shown);
    }

    List<SubjectVersion> usesOf(int id, boolean deletedToo) {
        SchemaDefinition definition = definition(id);
        documents.sync();
        return uses.of(List.of(id)).get(id).stream()
                .filter(use -> deletedToo || !use.version().deleted())
                .map(use -> new SubjectVersion(
                        use.subject(),
                        use.version().version(),
                        id,
                        definition,
                        use.version().deleted()))
                .toList();
    }

    List<Integer> referencedBy(String name, int number) {
        Version version = find(name, number, true);
        documents.sync();
        SortedSet<Integer> ids = documents
                .get(Znodes.referrers(name), Referrers.class)
                .orElse(Referrers.NONE)
                .of(version.version());
        return uses.of(ids).entrySet().stream()
                .filter(each ->
                        each.getValue().stream().anyMatch(use -> !use.version().deleted()))
                .map(Map.Entry::getKey)
                .toList();
    }

    SchemaMap snapshot() {
        documents.sync();
        Map<Integer, Documents.Entry> reads = new TreeMap<>();
        for (String id : documents.children(Znodes.IDS)) {
            reads.put(Integer.valueOf(id), documents.begin(Znodes.IDS + "/" + id));
        }
        Map<Integer, Schema> all = new TreeMap<>();
        reads.forEach((id, read) -> read.get(StoredSchema.class)
                .map(Versioned::value)
                .filter(stored -> !stored.removed())
                .ifPresent(stored -> all.put(id, schemas.parsed(id, stored).schema())));
        return new SchemaMap(all);
    }
}
