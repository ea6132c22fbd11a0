package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.schemas.Meddled.Fate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three registries, used in turn over bad lines, together behave like one in memory. */
class RegistryModelTest {

    private static final int STEPS = 600;
    private static final List<String> SUBJECTS = List.of("a", "b", "c", "d");
    private static final int REFERRED = 2;

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private final long seed = SeededEntropy.anySeed();
    private final SeededEntropy entropy = new SeededEntropy(seed);
    private final RegistryModel model = new RegistryModel();
    private final List<Meddled> lines = new ArrayList<>();
    private final List<SchemaRegistry> registries = new ArrayList<>();
    private final List<String> history = new ArrayList<>();

    @Test
    void behavesLikeOneInMemory() {
        for (int i = 0; i < 3; i++) {
            Meddled line = new Meddled(zooKeeper.connect());
            lines.add(line);
            registries.add(new SchemaRegistry(line.coordination()));
        }
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        compareAll();
    }

    private void step() {
        int at = entropy.nextInt(registries.size());
        SchemaRegistry registry = registries.get(at);
        String subject = entropy.one(SUBJECTS);
        int what = entropy.nextInt(100);
        if (what < 60 && entropy.nextInt(4) == 0) {
            lines.get(at).fates.add(entropy.one(List.of(Fate.DONE, Fate.LOST)));
        }
        if (what < 40) {
            SchemaDefinition definition = definition(subject);
            registry.subjects(
                    Shown.LIVE); // that a version is there already may be said from memory, which is as new now
            same(
                    "register " + subject + " " + definition,
                    () -> model.register(subject, definition),
                    () -> registry.register(subject, definition, RegisterOptions.plain()));
        } else if (what < 60) {
            delete(registry, subject);
        } else if (what < 80) {
            read(registry, subject);
        } else if (what < 90) {
            Optional<String> whose = whose(subject);
            CompatibilityLevel level = entropy.one(Arrays.asList(CompatibilityLevel.values()));
            boolean isDeletion = entropy.nextInt(3) == 0;
            same(
                    "level " + whose + " " + (isDeletion ? "none" : level),
                    () -> model.setLevel(whose, isDeletion ? null : level),
                    () -> isDeletion ? registry.deleteLevel(whose) : registry.setLevel(whose, level));
        } else {
            Optional<String> whose = whose(subject);
            RegistryMode mode = entropy.one(Arrays.asList(RegistryMode.values()));
            boolean isDeletion = entropy.nextInt(3) > 0;
            same(
                    "mode " + whose + " " + (isDeletion ? "none" : mode),
                    () -> model.setMode(whose, isDeletion ? null : mode),
                    () -> isDeletion ? registry.deleteMode(whose) : registry.setMode(whose, mode, true));
        }
        lines.get(at).fates.clear();
    }

    private Optional<String> whose(String subject) {
        return entropy.nextInt(3) == 0 ? Optional.empty() : Optional.of(subject);
    }

    /** Of few, so that they meet: each third refers to a version of the first two subjects, which refer to nothing. */
    private SchemaDefinition definition(String subject) {
        String field = "f" + entropy.nextInt(4);
        return switch (entropy.nextInt(SUBJECTS.indexOf(subject) < REFERRED ? 2 : 3)) {
            case 0 -> Definitions.optional(field);
            case 1 -> Definitions.required(field);
            default -> {
                SchemaReference reference =
                        new SchemaReference("R", SUBJECTS.get(entropy.nextInt(REFERRED)), 1 + entropy.nextInt(6));
                yield Definitions.referring(Definitions.record("Q", "[\"null\",\"R\"]"), reference);
            }
        };
    }

    private void delete(SchemaRegistry registry, String subject) {
        boolean permanent = entropy.nextInt(2) == 0;
        Optional<Integer> number = entropy.nextInt(3) == 0 ? Optional.empty() : Optional.of(1 + entropy.nextInt(10));
        same(
                "delete " + subject + " " + number + (permanent ? " permanently" : ""),
                () -> model.delete(subject, number, permanent),
                () -> number.isPresent()
                        ? List.of(registry.deleteVersion(subject, number.get(), permanent))
                        : registry.deleteSubject(subject, permanent));
    }

    private void read(SchemaRegistry registry, String subject) {
        boolean deletedToo = entropy.nextInt(2) == 0;
        Shown shown = deletedToo ? Shown.DELETED_TOO : Shown.LIVE;
        same("subjects", () -> model.subjects(deletedToo), () -> registry.subjects(shown));
        // The list came after all that others did, and so does now what is read from memory.
        same("versions " + subject, () -> model.versions(subject, deletedToo), () -> registry.versions(subject, shown));
        SchemaDefinition definition = definition(subject);
        same(
                "lookup " + subject + " " + definition,
                () -> model.lookup(subject, definition, deletedToo),
                () -> registry.lookup(subject, definition, false, deletedToo));
    }

    private void compareAll() {
        for (SchemaRegistry registry : registries) {
            SchemaMap snapshot = registry.snapshot();
            assertThat(snapshot.ids())
                    .as("-Dseed=%d", seed)
                    .containsExactlyElementsOf(model.schemas().keySet());
            model.schemas().forEach((id, definition) -> assertThat(registry.definition(id))
                    .as("-Dseed=%d", seed)
                    .isEqualTo(definition));
        }
    }

    private <T> void same(String what, Supplier<T> expected, Supplier<T> actual) {
        history.add(what);
        assertThat(outcome(actual))
                .as(() -> "-Dseed=" + seed + ", step " + history.size() + ", the last of " + String.join("\n", last()))
                .isEqualTo(outcome(expected));
    }

    private List<String> last() {
        return history.subList(Math.max(0, history.size() - 12), history.size());
    }

    private static <T> String outcome(Supplier<T> action) {
        try {
            return action.get().toString();
        } catch (SchemaException e) {
            return e.reason().toString();
        }
    }
}
