package io.millstream.schemas;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Subject.Version;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.avro.Schema;

/**
 * The registry of Avro schemas, kept in ZooKeeper. An id, from 1, names one schema for ever, whatever subjects have it: the
 * same text (see {@link SchemaText#canonical}) with the same references always gets the same id, and no other schema ever does,
 * even if it is deleted permanently. A subject's versions count from 1, and none that was given out is given out again.
 * Registries share nothing but ZooKeeper, where each change is one commit that holds only if nothing that it was decided by
 * has changed: no registry lets in, because it was not told yet, what another would refuse.
 *
 * <p>What was read is remembered until ZooKeeper says that it changed. A schema by its id or text, and a version by its number,
 * may so be a moment older than what another registry did. Anything else, and that there is none, is said only after
 * ZooKeeper was asked.
 *
 * <p>A version of a subject is named by its number, or {@link #LATEST}. Calls block on ZooKeeper, unless answered from memory;
 * not for event loops. Safe for use by several threads. All failures are {@link SchemaException}s; every call may fail with
 * {@link Reason#UNAVAILABLE}.
 */
public final class SchemaRegistry implements SchemaIds, AutoCloseable {

    /** Longest name of a subject, in characters. */
    public static final int MAX_SUBJECT_LENGTH = 1000;

    /** Most versions of a subject, those deleted softly included. */
    public static final int MAX_VERSIONS = 10_000;

    /** Names the newest version of a subject. */
    public static final int LATEST = -1;

    private final Documents documents;
    private final Schemas schemas;
    private final Uses uses;
    private final Lookups lookups;
    private final Changes changes;

    /** A registry over {@code coordination}, which stays the caller's to close. */
    public SchemaRegistry(Coordination coordination) {
        documents = new Documents(coordination);
        schemas = new Schemas(documents);
        uses = new Uses(documents);
        lookups = new Lookups(documents, schemas, uses);
        changes = new Changes(coordination, documents);
    }

    /**
     * Makes {@code schema} the newest version of {@code subject}, unless it is one of its versions already.
     *
     * @return the schema's id
     * @throws SchemaException as {@link #register(String, SchemaDefinition, RegisterOptions)}
     */
    public int register(String subject, Schema schema) {
        return register(subject, SchemaDefinition.of(SchemaText.canonical(schema)), RegisterOptions.plain())
                .id();
    }

    @Override
    public int register(String subject, Schema schema, boolean normalize) {
        RegisterOptions options = new RegisterOptions(normalize, OptionalInt.empty(), OptionalInt.empty());
        return register(subject, SchemaDefinition.of(SchemaText.canonical(schema)), options)
                .id();
    }

    @Override
    public OptionalInt idOf(String subject, Schema schema, boolean normalize) {
        try {
            return lookup(subject, SchemaDefinition.of(SchemaText.canonical(schema)), normalize, false)
                    .map(version -> OptionalInt.of(version.id()))
                    .orElseGet(OptionalInt::empty);
        } catch (SchemaException e) {
            if (e.reason() == Reason.SUBJECT_NOT_FOUND) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    @Override
    public RegisteredSchema newest(String subject) {
        return latest(subject).orElseThrow(() -> Refusals.noSubject(subject));
    }

    /**
     * Makes a schema the newest version of {@code subject}, unless it is one of its live versions already.
     *
     * @return the version that it is, or was before
     * @throws SchemaException {@link Reason#INVALID}: not a schema, or it refers to what is not there, or the subject can have
     *     no more versions; {@link Reason#INCOMPATIBLE}; {@link Reason#NOT_PERMITTED}: by the mode, or with this id or
     *     version; {@link Reason#INVALID_SUBJECT}; {@link Reason#INVALID_VERSION}
     */
    public SubjectVersion register(String subject, SchemaDefinition definition, RegisterOptions options) {
        requireLegal(subject, definition);
        return reachable(() -> {
            Registration registration = new Registration(schemas, subject, definition, options);
            return registration.prepare(documents).orElseGet(() -> changes.make(registration));
        });
    }

    /**
     * The version of {@code subject} that has this schema.
     *
     * @param normalize whether the order of properties and references makes no difference
     * @param deletedToo whether versions that are deleted softly count
     * @return the newest such version; empty if the subject has none
     * @throws SchemaException {@link Reason#SUBJECT_NOT_FOUND}; {@link Reason#INVALID}; {@link Reason#INVALID_SUBJECT}
     */
    public Optional<SubjectVersion> lookup(
            String subject, SchemaDefinition definition, boolean normalize, boolean deletedToo) {
        requireLegal(subject, definition);
        return reachable(() -> lookups.lookup(subject, definition, normalize, deletedToo));
    }

    @Override
    public Optional<Schema> find(int id) {
        return reachable(() -> lookups.schema(id).map(ParsedSchema::schema));
    }

    /**
     * The schema of this id.
     *
     * @throws SchemaException {@link Reason#NOT_FOUND} if there is none
     */
    public Schema byId(int id) {
        return find(id).orElseThrow(() -> Refusals.noSchema(id));
    }

    /**
     * The schema of this id as it was written, without white space.
     *
     * @throws SchemaException {@link Reason#NOT_FOUND} if there is none
     */
    public SchemaDefinition definition(int id) {
        return reachable(() -> lookups.definition(id));
    }

    /** As {@link #definition}, if it is remembered; for event loops, too, since it waits for nothing. */
    public Optional<SchemaDefinition> remembered(int id) {
        return reachable(() -> schemas.remembered(id));
    }

    /** The newest live version of {@code subject}; empty if it has none. */
    public Optional<RegisteredSchema> latest(String subject) {
        requireLegal(subject);
        return reachable(() -> lookups.latest(subject)
                .map(it -> new RegisteredSchema(
                        subject, it.version(), it.id(), schemas.get(it.id()).schema())));
    }

    /** Names of the subjects that are {@code shown}, sorted. */
    public List<String> subjects(Shown shown) {
        return reachable(() -> lookups.subjects(shown));
    }

    /**
     * The versions of {@code subject} that are {@code shown}, ascending.
     *
     * @throws SchemaException {@link Reason#SUBJECT_NOT_FOUND} if it has none
     */
    public List<SubjectVersion> versions(String subject, Shown shown) {
        requireLegal(subject);
        return reachable(() -> lookups.versions(subject, shown).stream()
                .map(version -> lookups.described(subject, version))
                .toList());
    }

    /**
     * Lists the versions of all subjects, by their names and numbers. Only of what is wanted the schemas are read.
     *
     * @param prefix that the names of the subjects have
     * @param latestOnly whether only the newest one of each is listed
     */
    public void list(String prefix, Shown shown, boolean latestOnly, SchemaListing listing) {
        reachable(() -> {
            lookups.list(prefix, shown, latestOnly, listing);
            return null;
        });
    }

    /** As {@link #versions}, without what they are. */
    public List<Integer> versionNumbers(String subject, Shown shown) {
        requireLegal(subject);
        return reachable(() ->
                lookups.versions(subject, shown).stream().map(Version::version).toList());
    }

    /**
     * One version of {@code subject}.
     *
     * @param version its number, or {@link #LATEST}: the newest live one; of one that has only deleted ones, the newest of
     *     those if they count
     * @param deletedToo whether versions that are deleted softly count
     * @throws SchemaException {@link Reason#SUBJECT_NOT_FOUND}; {@link Reason#VERSION_NOT_FOUND}; {@link
     *     Reason#INVALID_VERSION}
     */
    public SubjectVersion version(String subject, int version, boolean deletedToo) {
        requireLegal(subject);
        requireVersion(version);
        return reachable(() -> lookups.version(subject, version, deletedToo));
    }

    /**
     * The versions that have the schema of this id, by subject and version.
     *
     * @throws SchemaException {@link Reason#NOT_FOUND} if no schema has this id
     */
    public List<SubjectVersion> usesOf(int id, boolean deletedToo) {
        return reachable(() -> lookups.usesOf(id, deletedToo));
    }

    /**
     * Ids of the schemas that refer to a version and have a live version themselves, ascending.
     *
     * @throws SchemaException {@link Reason#SUBJECT_NOT_FOUND}; {@link Reason#VERSION_NOT_FOUND}; {@link
     *     Reason#INVALID_VERSION}
     */
    public List<Integer> referencedBy(String subject, int version) {
        requireLegal(subject);
        requireVersion(version);
        return reachable(() -> lookups.referencedBy(subject, version));
    }

    /**
     * Every schema whose id was given out before this was called: no record written until then has another. For the tasks
     * of a job that reads what was written until it was planned.
     */
    public SchemaMap snapshot() {
        return reachable(lookups::snapshot);
    }

    /**
     * Deletes all versions of {@code subject}. Softly: they are hidden, their ids are as good as ever. Permanently: schemas that
     * no other version has are removed.
     *
     * @return the numbers of the versions, ascending
     * @throws SchemaException {@link Reason#SUBJECT_NOT_FOUND}; {@link Reason#SUBJECT_SOFT_DELETED}; {@link
     *     Reason#SUBJECT_NOT_SOFT_DELETED}; {@link Reason#REFERENCED}; {@link Reason#NOT_PERMITTED}
     */
    public List<Integer> deleteSubject(String subject, boolean permanent) {
        requireLegal(subject);
        return reachable(() -> permanent
                ? PermanentDeletion.ofAll(subject, documents, uses, changes)
                : changes.make(new SoftDeletion(uses, subject, OptionalInt.empty())));
    }

    /**
     * Deletes one version of {@code subject}, as {@link #deleteSubject} all.
     *
     * @param version its number, or {@link #LATEST}
     * @return the version's number
     * @throws SchemaException {@link Reason#SUBJECT_NOT_FOUND}; {@link Reason#VERSION_NOT_FOUND}; {@link
     *     Reason#VERSION_SOFT_DELETED}; {@link Reason#VERSION_NOT_SOFT_DELETED}; {@link Reason#REFERENCED}; {@link
     *     Reason#NOT_PERMITTED}; {@link Reason#INVALID_VERSION}
     */
    public int deleteVersion(String subject, int version, boolean permanent) {
        requireLegal(subject);
        requireVersion(version);
        return reachable(() -> {
            if (!permanent) {
                return changes.make(new SoftDeletion(uses, subject, OptionalInt.of(version)))
                        .get(0);
            }
            Set<Integer> one = Set.of(lookups.find(subject, version, true).version());
            return changes.make(new PermanentDeletion(uses, subject, one, one)).get(0);
        });
    }

    /**
     * Whether a schema gets on with versions of {@code subject} as its compatibility level asks.
     *
     * @param version with this one alone, {@link #LATEST} for the newest live one; empty: as a registration would be checked
     * @return compatible if there is no version to get on with
     * @throws SchemaException {@link Reason#INVALID}; {@link Reason#SUBJECT_NOT_FOUND} and {@link Reason#VERSION_NOT_FOUND} of
     *     a version that was named by its number; {@link Reason#INVALID_VERSION}
     */
    public CompatibilityResult check(
            String subject, OptionalInt version, SchemaDefinition definition, boolean normalize) {
        requireLegal(subject, definition);
        version.ifPresent(SchemaRegistry::requireVersion);
        return reachable(() -> lookups.check(subject, version, new Proposal(schemas, definition, normalize)));
    }

    /** The compatibility level that was set for {@code subject}, or for all that have none; empty if none was. */
    public Optional<CompatibilityLevel> level(Optional<String> subject) {
        subject.ifPresent(SchemaRegistry::requireLegal);
        return reachable(() -> lookups.setting(
                subject, (own, all) -> Optional.ofNullable(subject.isPresent() ? own.level() : all.level())));
    }

    /**
     * Sets the compatibility level of {@code subject}, which need not exist, or of all that have none.
     *
     * @return the one that was set before
     * @throws SchemaException {@link Reason#NOT_PERMITTED} by the mode
     */
    public Optional<CompatibilityLevel> setLevel(Optional<String> subject, CompatibilityLevel level) {
        return set(new Setting.Level(subject, Objects.requireNonNull(level)));
    }

    /** As {@link #setLevel}, back to that of all, or of all to {@link CompatibilityLevel#BACKWARD}. */
    public Optional<CompatibilityLevel> deleteLevel(Optional<String> subject) {
        return set(new Setting.Level(subject, null));
    }

    /** The level that registrations for {@code subject} are held to. */
    public CompatibilityLevel effectiveLevel(String subject) {
        requireLegal(subject);
        return reachable(() -> lookups.setting(Optional.of(subject), Rules::level));
    }

    /** The mode that was set for {@code subject}, or for all that have none; empty if none was. */
    public Optional<RegistryMode> mode(Optional<String> subject) {
        subject.ifPresent(SchemaRegistry::requireLegal);
        return reachable(() -> lookups.setting(
                subject, (own, all) -> Optional.ofNullable(subject.isPresent() ? own.mode() : all.mode())));
    }

    /**
     * Sets the mode of {@code subject}, which need not exist, or of all that have none.
     *
     * @param force whether {@link RegistryMode#IMPORT} may be set where there are schemas already
     * @return the one that was set before
     * @throws SchemaException {@link Reason#NOT_PERMITTED} if there are, and it is not forced
     */
    public Optional<RegistryMode> setMode(Optional<String> subject, RegistryMode mode, boolean force) {
        return set(new Setting.Mode(uses, subject, Objects.requireNonNull(mode), force));
    }

    /** As {@link #setMode}, back to that of all, or of all to {@link RegistryMode#READWRITE}. */
    public Optional<RegistryMode> deleteMode(Optional<String> subject) {
        return set(new Setting.Mode(uses, subject, null, false));
    }

    /** The mode that {@code subject} is in. */
    public RegistryMode effectiveMode(String subject) {
        requireLegal(subject);
        return reachable(() -> lookups.setting(Optional.of(subject), Rules::mode));
    }

    private <T> Optional<T> set(Setting<T> setting) {
        setting.name.ifPresent(SchemaRegistry::requireLegal);
        return reachable(() -> changes.make(setting));
    }

    /** Forgets what was read, and reads without memory from now on. */
    @Override
    public void close() {
        documents.close();
    }

    private static <T> T reachable(Supplier<T> action) {
        try {
            return action.get();
        } catch (CoordinationException e) {
            throw new SchemaException(Reason.UNAVAILABLE, "Schema registry: " + e.getMessage(), e);
        }
    }

    private static void requireVersion(int version) {
        if (version < 1 && version != LATEST) {
            throw new SchemaException(
                    Reason.INVALID_VERSION, "Versions count from 1, or -1 names the newest; not " + version, null);
        }
    }

    private static void requireLegal(String subject, SchemaDefinition definition) {
        requireLegal(subject);
        definition.references().forEach(each -> requireLegal(each.subject()));
    }

    private static void requireLegal(String subject) {
        if (subject.isEmpty() || subject.length() > MAX_SUBJECT_LENGTH) {
            String why = "A subject's name has 1 to " + MAX_SUBJECT_LENGTH + " characters, not " + subject.length();
            throw new SchemaException(Reason.INVALID_SUBJECT, why, null);
        }
        try {
            Znodes.subject(subject);
        } catch (IllegalArgumentException e) {
            throw new SchemaException(Reason.INVALID_SUBJECT, "Not a subject's name: " + e.getMessage(), e);
        }
    }
}
