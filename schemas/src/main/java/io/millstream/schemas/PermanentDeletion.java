package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Subject.Version;
import io.millstream.schemas.Znodes.Referrers;
import io.millstream.schemas.Znodes.SchemaId;
import io.millstream.schemas.Znodes.StoredReference;
import io.millstream.schemas.Znodes.StoredSchema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Removes versions of a subject that are deleted softly, and their schemas with them where no other version has those. What
 * is left of such a schema is its id, which no other can get. Comes to the numbers of the versions.
 */
final class PermanentDeletion extends Deletion {

    /** So many versions fit into a commit, whatever their names are. */
    private static final int MAX_AT_ONCE = 200;

    private final Set<Integer> numbers;
    private final Set<Integer> all;

    /**
     * @param numbers of the versions to remove
     * @param all those that are to be removed before and after, too
     */
    PermanentDeletion(Uses uses, String name, Set<Integer> numbers, Set<Integer> all) {
        super(uses, name);
        this.numbers = numbers;
        this.all = all;
    }

    /** Removes a subject that is deleted softly. */
    static List<Integer> ofAll(String name, Documents documents, Uses uses, Changes changes) {
        documents.sync();
        Subject subject = Znodes.subject(documents, name);
        Refusals.requireKnown(name, subject);
        if (subject.has(Shown.LIVE)) {
            throw new SchemaException(
                    Reason.SUBJECT_NOT_SOFT_DELETED,
                    "Subject '" + name + "' must be deleted softly before it can be deleted permanently",
                    null);
        }
        Set<Integer> all =
                subject.versions().stream().map(Version::version).collect(Collectors.toCollection(TreeSet::new));
        List<Integer> left = new ArrayList<>(all);
        left.sort(Comparator.reverseOrder()); // a version can refer to earlier ones
        int atOnce = MAX_AT_ONCE;
        while (!left.isEmpty()) {
            List<Integer> next = left.subList(0, Math.min(atOnce, left.size()));
            try {
                changes.make(new PermanentDeletion(uses, name, new TreeSet<>(next), all));
                next.clear();
            } catch (SchemaException e) {
                if (!Changes.isTooLarge(e) || next.size() == 1) {
                    throw e;
                }
                atOnce = next.size() / 2; // the schemas refer to much that changes, too
            }
        }
        return List.copyOf(all);
    }

    @Override
    public Plan<List<Integer>> plan(Draft draft) {
        Subject subject = subject(draft);
        List<Version> doomed = subject.versions().stream()
                .filter(version -> numbers.contains(version.version()))
                .toList();
        if (doomed.isEmpty()) {
            return new Plan.Already<>(() -> {
                Refusals.requireKnown(name, subject);
                throw Refusals.noVersion(name, numbers.iterator().next());
            });
        }
        doomed.forEach(this::requireDeleted);
        requireChangeable(subject, draft);
        Referrers referrers = referrers(draft);
        SortedMap<Integer, StoredSchema> schemas = schemas(draft, doomed);
        // Read after the hashes, which whoever uses one of the schemas anew writes.
        Map<Integer, List<Uses.Use>> used = used(doomed, referrers);
        requireUnreferenced(doomed, referrers, used);
        schemas.keySet().removeIf(id -> used.get(id).stream().anyMatch(use -> !isIn(numbers, use)));
        schemas.values().forEach(schema -> schema.references()
                .forEach(each -> draft.read(Znodes.referrers(each.subject()), Referrers.class)));

        schemas.forEach((id, schema) -> remove(draft, id, schema));
        draft.write(Znodes.subject(name), subject.without(doomed));
        return new Plan.Written<>(doomed.stream().map(Version::version).toList());
    }

    private void requireDeleted(Version version) {
        if (!version.deleted()) {
            throw new SchemaException(
                    Reason.VERSION_NOT_SOFT_DELETED,
                    "Version " + version.version() + " of subject '" + name
                            + "' must be deleted softly before it can be deleted permanently",
                    null);
        }
    }

    /** The schemas of the versions, by id, that are still there. */
    private static SortedMap<Integer, StoredSchema> schemas(Draft draft, List<Version> versions) {
        versions.forEach(version -> draft.begin(Znodes.id(version.id())));
        SortedMap<Integer, StoredSchema> schemas = new TreeMap<>();
        versions.forEach(version -> draft.read(Znodes.id(version.id()), StoredSchema.class)
                .filter(schema -> !schema.removed())
                .ifPresent(schema -> schemas.put(version.id(), schema)));
        schemas.values().forEach(schema -> draft.begin(Znodes.hash(ParsedSchema.hash(schema))));
        schemas.values().forEach(schema -> draft.read(Znodes.hash(ParsedSchema.hash(schema)), SchemaId.class));
        return schemas;
    }

    private Map<Integer, List<Uses.Use>> used(List<Version> doomed, Referrers referrers) {
        Set<Integer> ids = doomed.stream().map(Version::id).collect(Collectors.toCollection(TreeSet::new));
        doomed.forEach(version -> ids.addAll(referrers.of(version.version())));
        return uses.of(ids);
    }

    private void requireUnreferenced(List<Version> doomed, Referrers referrers, Map<Integer, List<Uses.Use>> used) {
        for (Version version : doomed) {
            for (int id : referrers.of(version.version())) {
                used.get(id).stream().filter(use -> !isIn(all, use)).findFirst().ifPresent(use -> {
                    throw Refusals.referenced(name, use);
                });
            }
        }
    }

    private boolean isIn(Set<Integer> versions, Uses.Use use) {
        return use.subject().equals(name) && versions.contains(use.version().version());
    }

    private static void remove(Draft draft, int id, StoredSchema schema) {
        draft.write(Znodes.id(id), schema.gone());
        draft.write(Znodes.hash(ParsedSchema.hash(schema)), new SchemaId(id));
        for (StoredReference each : schema.references()) {
            String path = Znodes.referrers(each.subject());
            Referrers before = draft.read(path, Referrers.class).orElse(Referrers.NONE);
            draft.write(path, before.without(each.version(), id));
        }
    }
}
