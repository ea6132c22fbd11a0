package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Subject.Version;
import io.millstream.schemas.Znodes.StoredReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A definition that is to be registered, looked up or checked, and what it comes to. Understood once, as long as what it
 * refers to stays the same. Not safe for use by several threads.
 */
final class Proposal {

    private final Schemas schemas;
    private final SchemaDefinition definition;
    private final boolean normalize;
    private ParsedSchema parsed;

    Proposal(Schemas schemas, SchemaDefinition definition, boolean normalize) {
        this.schemas = schemas;
        this.definition = definition;
        this.normalize = normalize;
        SchemaLimits.require(
                definition.references().size() <= SchemaLimits.MAX_REFERENCES,
                "refer to " + SchemaLimits.MAX_REFERENCES + " others",
                "more");
    }

    List<SchemaReference> references() {
        return normalize
                ? definition.references().stream()
                        .distinct()
                        .sorted(Comparator.comparing(SchemaReference::name)
                                .thenComparing(SchemaReference::subject)
                                .thenComparingInt(SchemaReference::version))
                        .toList()
                : definition.references();
    }

    /**
     * The schema, with what it refers to.
     *
     * @param subjects what is known of each subject
     * @param shown which of their versions may be referred to
     * @throws SchemaException ({@link Reason#INVALID}) if it is none, or refers to what is not there
     */
    ParsedSchema parsed(Function<String, Subject> subjects, Shown shown) {
        List<StoredReference> found = new ArrayList<>();
        for (SchemaReference each : references()) {
            found.add(find(each, subjects.apply(each.subject()), shown));
        }
        if (parsed == null || !parsed.references().equals(found)) {
            parsed = schemas.parse(definition.text(), found, normalize);
        }
        return parsed;
    }

    /** As {@link #parsed(Function, Shown)}, by the subjects as this session knows them, or as they are if that is too little. */
    ParsedSchema parsed(Documents documents) {
        boolean isAllKnown = references().stream().allMatch(each -> Znodes.subject(documents, each.subject())
                .find(each.version())
                .isPresent());
        if (!isAllKnown) {
            documents.sync();
        }
        return parsed(name -> Znodes.subject(documents, name), Shown.DELETED_TOO);
    }

    private static StoredReference find(SchemaReference reference, Subject subject, Shown shown) {
        Version version = subject.find(reference.version())
                .filter(it -> shown.shows(it.deleted()))
                .orElseThrow(() -> new SchemaException(
                        Reason.INVALID,
                        "The schema refers to version " + reference.version() + " of subject '" + reference.subject()
                                + "' as '" + reference.name() + "', which is not there: register that first",
                        null));
        return new StoredReference(reference.name(), reference.subject(), reference.version(), version.id());
    }

    /** The hash of the schema as it was understood last; empty if it never was. */
    Optional<String> hash() {
        return Optional.ofNullable(parsed).map(ParsedSchema::hash);
    }

    /**
     * The newest version of {@code subject} that says the same, of those that are {@code shown}: the same text with the
     * same references, or, for a text in one piece, one that comes to it with all that it refers to.
     *
     * @param id of the schema, if it has one
     * @param byId knows the schemas of the subject's versions
     */
    Optional<Version> sameIn(Subject subject, OptionalInt id, Shown shown, IntFunction<ParsedSchema> byId) {
        Optional<Version> same = id.isPresent() ? subject.latestOf(id.getAsInt(), shown) : Optional.empty();
        if (same.isPresent() || !definition.references().isEmpty()) {
            return same;
        }
        return subject.shown(shown).stream()
                .filter(Version::refs)
                .filter(it -> SchemaText.canonical(byId.apply(it.id()).schema()).equals(parsed.text()))
                .reduce((earlier, later) -> later);
    }
}
