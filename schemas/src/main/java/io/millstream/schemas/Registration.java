package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Subject.Version;
import io.millstream.schemas.Znodes.LastId;
import io.millstream.schemas.Znodes.Referrers;
import io.millstream.schemas.Znodes.SchemaId;
import io.millstream.schemas.Znodes.Settings;
import io.millstream.schemas.Znodes.StoredReference;
import io.millstream.schemas.Znodes.StoredSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * A schema that is to be a version of a subject, unless it is one already. Decided by the subject, the settings, and the
 * subjects that the schema refers to, as they are at the moment of the commit.
 */
final class Registration implements Change<SubjectVersion> {

    private final Schemas schemas;
    private final String name;
    private final RegisterOptions options;
    private final Proposal proposal;
    private final CompatibilityCheck compatibility = new CompatibilityCheck();

    Registration(Schemas schemas, String name, SchemaDefinition definition, RegisterOptions options) {
        this.schemas = schemas;
        this.name = name;
        this.options = options;
        proposal = new Proposal(schemas, definition, options.normalize());
        requirePositive(options.id(), Reason.INVALID);
        requirePositive(options.version(), Reason.INVALID_VERSION);
    }

    private static void requirePositive(OptionalInt given, Reason reason) {
        if (given.isPresent() && given.getAsInt() < 1) {
            throw new SchemaException(reason, given.getAsInt() + " is no id or version; they count from 1", null);
        }
    }

    /**
     * Does what need not wait for its turn: understands the schema, and checks its compatibility.
     *
     * @return what is there already; empty if it has to be registered
     */
    Optional<SubjectVersion> prepare(Documents documents) {
        Optional<SubjectVersion> known = known(documents);
        if (known.isPresent()) {
            // Another registry may have deleted it: whoever registers after that gets a new version.
            documents.sync();
            known = known(documents);
        }
        if (known.isEmpty()) {
            Subject subject = Znodes.subject(documents, name);
            Settings settings = documents.get(Znodes.SETTINGS, Settings.class).orElse(Settings.NONE);
            ParsedSchema schema = proposal.parsed(documents);
            compatibility.messages(Rules.level(subject, settings), schema, subject.shown(Shown.LIVE), schemas::get);
        }
        return known;
    }

    private Optional<SubjectVersion> known(Documents documents) {
        Subject subject = Znodes.subject(documents, name);
        ParsedSchema schema = proposal.parsed(documents);
        return same(subject, schemas.idOf(schema), schemas::get)
                .filter(this::isWhatWasAskedFor)
                .map(same -> described(same, schema));
    }

    @Override
    public boolean sharesDraft() {
        return true;
    }

    @Override
    public List<String> reads() {
        List<String> reads = new ArrayList<>(List.of(Znodes.subject(name), Znodes.SETTINGS, Znodes.IDS));
        proposal.hash().ifPresent(hash -> reads.add(Znodes.hash(hash)));
        for (SchemaReference each : proposal.references()) {
            reads.add(Znodes.subject(each.subject()));
            reads.add(Znodes.referrers(each.subject()));
        }
        return reads;
    }

    @Override
    public Plan<SubjectVersion> plan(Draft draft) {
        if (proposal.references().stream().anyMatch(each -> draft.isWritten(Znodes.subject(each.subject())))) {
            return new Plan.Later<>();
        }
        Subject subject = subject(draft, name);
        Settings settings = draft.read(Znodes.SETTINGS, Settings.class).orElse(Settings.NONE);
        ParsedSchema schema = proposal.parsed(referred -> subject(draft, referred), Shown.LIVE);
        OptionalInt id = draft.read(Znodes.hash(schema.hash()), SchemaId.class)
                .map(found -> OptionalInt.of(found.id()))
                .orElseGet(OptionalInt::empty);
        Optional<Version> same = same(subject, id, each -> schema(draft, each));
        if (same.filter(this::isWhatWasAskedFor).isPresent()) {
            return new Plan.Found<>(described(same.get(), schema));
        }
        RegistryMode mode = Rules.mode(subject, settings);
        requirePermitted(mode);
        int version = version(subject, mode);
        if (mode != RegistryMode.IMPORT) {
            requireCompatible(Rules.level(subject, settings), schema, subject, draft);
        }
        return add(draft, subject, schema, id, version);
    }

    private static Subject subject(Draft draft, String name) {
        return draft.read(Znodes.subject(name), Subject.class).orElse(Subject.NONE);
    }

    private ParsedSchema schema(Draft draft, int id) {
        return draft.added(id).orElseGet(() -> schemas.get(id));
    }

    /** The version that says the same; of several the one that was asked for. */
    private Optional<Version> same(Subject subject, OptionalInt id, IntFunction<ParsedSchema> byId) {
        Optional<Version> asked = options.version().isPresent()
                ? subject.find(options.version().getAsInt())
                        .filter(it -> !it.deleted() && id.isPresent() && it.id() == id.getAsInt())
                : Optional.empty();
        return asked.or(() -> proposal.sameIn(subject, id, Shown.LIVE, byId));
    }

    private boolean isWhatWasAskedFor(Version version) {
        return options.id().orElse(version.id()) == version.id()
                && options.version().orElse(version.version()) == version.version();
    }

    /** The schema may be in one piece where that of the version is in several. */
    private SubjectVersion described(Version version, ParsedSchema schema) {
        SchemaDefinition definition = version.refs() == schema.references().isEmpty()
                ? schemas.definition(version.id())
                : schema.definition();
        return new SubjectVersion(name, version.version(), version.id(), definition, version.deleted());
    }

    private void requirePermitted(RegistryMode mode) {
        Rules.requireChangeable(mode, "Subject '" + name + "'");
        if (mode == RegistryMode.IMPORT && options.id().isEmpty()) {
            throw new SchemaException(
                    Reason.NOT_PERMITTED,
                    "Subject '" + name
                            + "' is in mode IMPORT: a schema comes with its id, or not before mode READWRITE",
                    null);
        }
        if (mode != RegistryMode.IMPORT && options.id().isPresent()) {
            throw new SchemaException(
                    Reason.NOT_PERMITTED,
                    "Subject '" + name + "' is in mode " + mode + ": a schema comes with an id in mode IMPORT only",
                    null);
        }
    }

    private int version(Subject subject, RegistryMode mode) {
        if (subject.versions().size() >= SchemaRegistry.MAX_VERSIONS) {
            throw new SchemaException(
                    Reason.INVALID,
                    "Subject '" + name + "' has " + SchemaRegistry.MAX_VERSIONS
                            + " versions, and can have no more: delete some permanently",
                    null);
        }
        int next = subject.nextVersion();
        int version = options.version().orElse(next);
        if (mode == RegistryMode.IMPORT && subject.find(version).isPresent()) {
            throw new SchemaException(
                    Reason.NOT_PERMITTED, "Subject '" + name + "' has a version " + version + " already", null);
        }
        if (mode != RegistryMode.IMPORT && version != next) {
            throw new SchemaException(
                    Reason.INVALID, "The next version of subject '" + name + "' is " + next + ", not " + version, null);
        }
        return version;
    }

    private void requireCompatible(CompatibilityLevel level, ParsedSchema schema, Subject subject, Draft draft) {
        List<String> messages =
                compatibility.messages(level, schema, subject.shown(Shown.LIVE), each -> schema(draft, each));
        if (!messages.isEmpty()) {
            throw new SchemaException(
                    Reason.INCOMPATIBLE,
                    "Subject '" + name + "' is " + level + ", and the schema is not: " + String.join("; ", messages),
                    null);
        }
    }

    /** Reads first what is left to read, then writes. */
    private Plan<SubjectVersion> add(
            Draft draft, Subject subject, ParsedSchema schema, OptionalInt known, int version) {
        int id = known.isPresent() ? knownId(draft, known.getAsInt()) : newId(draft);
        List<String> referred = schema.references().stream()
                .map(StoredReference::subject)
                .distinct()
                .toList();
        referred.forEach(each -> draft.read(Znodes.referrers(each), Referrers.class));

        addSchema(draft, schema, known, id);
        // What was there may be written once more: whoever removes the schema, or what it refers to, must notice.
        draft.write(Znodes.hash(schema.hash()), new SchemaId(id));
        for (StoredReference each : schema.references()) {
            String path = Znodes.referrers(each.subject());
            Referrers before = draft.read(path, Referrers.class).orElse(Referrers.NONE);
            draft.write(path, before.with(each.version(), id));
        }
        boolean refs = !schema.references().isEmpty();
        draft.write(Znodes.subject(name), subject.plus(new Version(version, id, refs, false)));
        return new Plan.Written<>(new SubjectVersion(name, version, id, schema.definition(), false));
    }

    private int knownId(Draft draft, int id) {
        if (options.id().orElse(id) != id) {
            throw new SchemaException(
                    Reason.NOT_PERMITTED,
                    "The schema has the id " + id + ", and cannot have "
                            + options.id().getAsInt() + " as well",
                    null);
        }
        draft.read(Znodes.id(id), StoredSchema.class);
        return id;
    }

    private int newId(Draft draft) {
        int last = draft.read(Znodes.IDS, LastId.class).map(LastId::lastId).orElse(0);
        if (options.id().isEmpty()) {
            return Numbers.after(last, "id");
        }
        int id = options.id().getAsInt();
        if (draft.read(Znodes.id(id), StoredSchema.class).isPresent()) {
            throw new SchemaException(Reason.NOT_PERMITTED, "The id " + id + " is that of another schema", null);
        }
        return id;
    }

    private void addSchema(Draft draft, ParsedSchema schema, OptionalInt known, int id) {
        StoredSchema stored = new StoredSchema(Schemas.AVRO, schema.text(), schema.references(), false);
        if (known.isPresent()) {
            // One that was removed comes back; one that is there stays as it is.
            if (draft.read(Znodes.id(id), StoredSchema.class)
                    .map(StoredSchema::removed)
                    .orElse(true)) {
                draft.write(Znodes.id(id), stored);
            }
        } else {
            int last = draft.read(Znodes.IDS, LastId.class).map(LastId::lastId).orElse(0);
            draft.write(Znodes.IDS, new LastId(Math.max(last, id)));
            draft.create(Znodes.id(id), stored);
        }
        draft.add(id, schema);
    }
}
