package io.millstream.schemas;

import static io.millstream.schemas.Definitions.optional;
import static io.millstream.schemas.Definitions.refusal;
import static io.millstream.schemas.Definitions.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.schemas.Meddled.Fate;
import io.millstream.schemas.SchemaException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever becomes of the answers, a change is made once, and told as if it had been. */
class LostAnswersTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private static final List<List<Fate>> FATES = List.of(
            List.of(Fate.DONE), List.of(Fate.LOST), List.of(Fate.LOST, Fate.DONE), List.of(Fate.LOST, Fate.LOST));

    private Meddled line;
    private SchemaRegistry registry;
    private SchemaRegistry judge;

    @BeforeEach
    void start() {
        line = new Meddled(zooKeeper.connect());
        registry = new SchemaRegistry(line.coordination());
        judge = zooKeeper.registry();
        register(registry, "a", optional("first"));
    }

    @Test
    void nothingIsRegisteredTwiceAndNoVersionWasted() {
        int id = 1;
        for (List<Fate> fates : FATES) {
            line.fates.addAll(fates);
            id++;

            assertThat(registry.register("s", optional("f" + id), RegisterOptions.plain()))
                    .isEqualTo(new SubjectVersion("s", id - 1, id, optional("f" + id), false));

            assertThat(line.fates).isEmpty();
            assertThat(judge.versionNumbers("s", Shown.DELETED_TOO)).hasSize(id - 1);
            assertThat(judge.snapshot().ids()).hasSize(id);
        }
    }

    @Test
    void whatWasImportedIsThereOnce() {
        registry.setMode(Optional.empty(), RegistryMode.IMPORT, true);
        int id = 100;
        for (List<Fate> fates : FATES) {
            line.fates.addAll(fates);
            id++;
            RegisterOptions options = new RegisterOptions(false, OptionalInt.of(id), OptionalInt.of(id));

            assertThat(registry.register("s", optional("f" + id), options).version())
                    .isEqualTo(id);
        }
        assertThat(judge.versionNumbers("s", Shown.LIVE)).containsExactly(101, 102, 103, 104);
    }

    @Test
    void whatWasDeletedIsToldAsDeleted() {
        for (int i = 0; i < FATES.size(); i++) {
            String subject = "s" + i;
            for (String field : List.of("x", "y", "z")) {
                register(registry, subject, optional(field + i));
            }
            line.fates.addAll(FATES.get(i));
            assertThat(registry.deleteVersion(subject, SchemaRegistry.LATEST, false))
                    .as("one, and no more")
                    .isEqualTo(3);
            assertThat(judge.versionNumbers(subject, Shown.LIVE)).containsExactly(1, 2);
            line.fates.addAll(FATES.get(i));
            assertThat(registry.deleteVersion(subject, 3, true)).isEqualTo(3);
            line.fates.addAll(FATES.get(i));
            assertThat(registry.deleteSubject(subject, false)).containsExactly(1, 2);
            line.fates.addAll(FATES.get(i));
            assertThat(registry.deleteSubject(subject, true)).containsExactly(1, 2);
            assertThat(line.fates).isEmpty();
            assertThat(refusal(() -> registry.deleteSubject(subject, true))).isEqualTo(Reason.SUBJECT_NOT_FOUND);
        }
        assertThat(judge.snapshot().ids()).containsExactly(1);
    }

    @Test
    void whatIsTooLargeForOneCommitIsRefusedForGoodOrDoneInParts() {
        for (int i = 0; i < 20; i++) {
            register(registry, "s", optional("f" + i));
        }
        registry.deleteSubject("s", false);
        line.maxCommitBytes = 6000;

        assertThat(refusal(() -> register(registry, "t", optional("x".repeat(6000)))))
                .isEqualTo(Reason.NOT_PERMITTED);
        assertThat(registry.deleteSubject("s", true)).hasSize(20);

        assertThat(judge.snapshot().ids()).containsExactly(1);
    }

    @Test
    void whatWasSetIsToldAsSet() {
        Optional<String> subject = Optional.of("s");
        for (List<Fate> fates : FATES) {
            line.fates.addAll(fates);
            assertThat(registry.setLevel(subject, CompatibilityLevel.FULL)).isEmpty();
            line.fates.addAll(fates);
            assertThat(registry.setMode(subject, RegistryMode.READWRITE, false)).isEmpty();
            assertThat(judge.level(subject)).contains(CompatibilityLevel.FULL);
            line.fates.addAll(fates);
            assertThat(registry.deleteLevel(subject)).contains(CompatibilityLevel.FULL);
            line.fates.addAll(fates);
            assertThat(registry.deleteMode(subject)).contains(RegistryMode.READWRITE);
            assertThat(registry.deleteMode(subject)).isEmpty();
        }
    }
}
