package io.millstream.schemas;

import static io.millstream.schemas.Definitions.optional;
import static io.millstream.schemas.Definitions.refusal;
import static io.millstream.schemas.Definitions.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.schemas.SchemaException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeletionTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private SchemaRegistry registry;
    private SchemaRegistry other;

    @BeforeEach
    void threeVersions() {
        registry = zooKeeper.registry();
        other = zooKeeper.registry();
        for (String field : List.of("x", "y", "z")) {
            register(registry, "s", optional(field));
        }
    }

    private List<Integer> shown(Shown shown) {
        return other.versions("s", shown).stream().map(SubjectVersion::version).toList();
    }

    @Test
    void aVersionDeletedSoftlyIsHiddenAndItsIdStaysGood() {
        assertThat(registry.deleteVersion("s", 2, false)).isEqualTo(2);

        assertThat(shown(Shown.LIVE)).containsExactly(1, 3);
        assertThat(shown(Shown.DELETED_TOO)).containsExactly(1, 2, 3);
        assertThat(shown(Shown.DELETED_ONLY)).containsExactly(2);
        assertThat(refusal(() -> other.version("s", 2, false))).isEqualTo(Reason.VERSION_NOT_FOUND);
        assertThat(other.version("s", 2, true)).isEqualTo(new SubjectVersion("s", 2, 2, optional("y"), true));
        assertThat(other.definition(2)).isEqualTo(optional("y"));
        assertThat(other.usesOf(2, false)).isEmpty();
        assertThat(other.usesOf(2, true)).containsExactly(other.version("s", 2, true));
        assertThat(other.lookup("s", optional("y"), false, false)).isEmpty();
        assertThat(other.lookup("s", optional("y"), false, true)).contains(other.version("s", 2, true));
    }

    @Test
    void whatCannotBeDeletedIsRefusedWithItsReason() {
        assertThat(refusal(() -> registry.deleteVersion("none", 1, false))).isEqualTo(Reason.SUBJECT_NOT_FOUND);
        assertThat(refusal(() -> registry.deleteVersion("none", 1, true))).isEqualTo(Reason.SUBJECT_NOT_FOUND);
        assertThat(refusal(() -> registry.deleteSubject("none", false))).isEqualTo(Reason.SUBJECT_NOT_FOUND);
        assertThat(refusal(() -> registry.deleteSubject("none", true))).isEqualTo(Reason.SUBJECT_NOT_FOUND);
        assertThat(refusal(() -> registry.deleteVersion("s", 4, false))).isEqualTo(Reason.VERSION_NOT_FOUND);
        assertThat(refusal(() -> registry.deleteVersion("s", 4, true))).isEqualTo(Reason.VERSION_NOT_FOUND);
        assertThat(refusal(() -> registry.deleteVersion("s", 0, false))).isEqualTo(Reason.INVALID_VERSION);
        assertThat(refusal(() -> registry.deleteVersion("s", 1, true))).isEqualTo(Reason.VERSION_NOT_SOFT_DELETED);
        assertThat(refusal(() -> registry.deleteSubject("s", true))).isEqualTo(Reason.SUBJECT_NOT_SOFT_DELETED);
        registry.deleteVersion("s", 1, false);
        assertThat(refusal(() -> other.deleteVersion("s", 1, false))).isEqualTo(Reason.VERSION_SOFT_DELETED);
        assertThat(refusal(() -> other.deleteSubject("s", true))).isEqualTo(Reason.SUBJECT_NOT_SOFT_DELETED);
        assertThat(registry.deleteSubject("s", false)).containsExactly(2, 3);
        assertThat(refusal(() -> other.deleteSubject("s", false))).isEqualTo(Reason.SUBJECT_SOFT_DELETED);
        assertThat(refusal(() -> other.deleteVersion("s", 2, false))).isEqualTo(Reason.VERSION_SOFT_DELETED);
        assertThat(refusal(() -> other.deleteVersion("s", -1, false))).isEqualTo(Reason.VERSION_NOT_FOUND);
        assertThat(shown(Shown.DELETED_TOO)).containsExactly(1, 2, 3);
    }

    @Test
    void aSubjectDeletedSoftlyIsGoneForThoseWhoDoNotAsk() {
        assertThat(registry.deleteSubject("s", false)).containsExactly(1, 2, 3);

        assertThat(other.subjects(Shown.LIVE)).isEmpty();
        assertThat(other.subjects(Shown.DELETED_TOO)).containsExactly("s");
        assertThat(other.subjects(Shown.DELETED_ONLY)).containsExactly("s");
        assertThat(refusal(() -> other.versions("s", Shown.LIVE))).isEqualTo(Reason.SUBJECT_NOT_FOUND);
        assertThat(refusal(() -> other.version("s", -1, false))).isEqualTo(Reason.SUBJECT_NOT_FOUND);
        assertThat(other.version("s", -1, true).version()).isEqualTo(3);
        assertThat(refusal(() -> other.lookup("s", optional("x"), false, false)))
                .isEqualTo(Reason.SUBJECT_NOT_FOUND);
        assertThat(other.latest("s")).isEmpty();
        assertThat(other.byId(3)).isEqualTo(SchemaText.parse(optional("z").text()));
    }

    @Test
    void theNewestIsThatOfThoseThatAreLeft() {
        assertThat(registry.deleteVersion("s", SchemaRegistry.LATEST, false)).isEqualTo(3);
        assertThat(registry.deleteVersion("s", SchemaRegistry.LATEST, false)).isEqualTo(2);

        assertThat(other.version("s", SchemaRegistry.LATEST, false).version()).isEqualTo(1);
        assertThat(other.latest("s").orElseThrow().id()).isEqualTo(1);
    }

    @Test
    void theSameSchemaAfterItsSoftDeletionHasItsIdAndANewVersion() {
        registry.deleteVersion("s", 1, false);

        SubjectVersion again = other.register("s", optional("x"), RegisterOptions.plain());

        assertThat(again).isEqualTo(new SubjectVersion("s", 4, 1, optional("x"), false));
        assertThat(shown(Shown.LIVE)).containsExactly(2, 3, 4);
        assertThat(registry.lookup("s", optional("x"), false, true)
                        .orElseThrow()
                        .version())
                .as("the newest")
                .isEqualTo(4);
        registry.deleteSubject("s", false);
        assertThat(register(other, "s", optional("z"))).isEqualTo(3);
        assertThat(shown(Shown.LIVE)).containsExactly(5);
    }

    @Test
    void compatibilityIsCheckedWithLiveVersionsOnly() {
        assertThat(refusal(() -> register(registry, "s", Definitions.required("w"))))
                .isEqualTo(Reason.INCOMPATIBLE);
        registry.deleteSubject("s", false);

        assertThat(register(other, "s", Definitions.required("w"))).isEqualTo(4);
    }

    @Test
    void noNumberIsGivenOutAgainAfterItsPermanentDeletion() {
        registry.deleteVersion("s", 3, false);
        assertThat(registry.deleteVersion("s", 3, true)).isEqualTo(3);
        assertThat(shown(Shown.DELETED_TOO)).containsExactly(1, 2);
        assertThat(other.register("s", optional("v"), RegisterOptions.plain()))
                .isEqualTo(new SubjectVersion("s", 4, 4, optional("v"), false));

        registry.deleteSubject("s", false);
        assertThat(registry.deleteSubject("s", true)).containsExactly(1, 2, 4);

        assertThat(refusal(() -> other.versions("s", Shown.DELETED_TOO))).isEqualTo(Reason.SUBJECT_NOT_FOUND);
        assertThat(other.subjects(Shown.DELETED_TOO)).isEmpty();
        assertThat(other.register("s", optional("u"), RegisterOptions.plain()))
                .isEqualTo(new SubjectVersion("s", 5, 5, optional("u"), false));
    }

    @Test
    void aSchemaIsRemovedWithItsLastVersionAndItsIdIsNobodyElses() {
        register(registry, "t", optional("y"));
        assertThat(other.byId(2)).isNotNull();
        registry.deleteSubject("s", false);
        registry.deleteSubject("s", true);

        for (SchemaRegistry each : List.of(registry, other, zooKeeper.registry())) {
            assertThat(refusal(() -> each.definition(1))).isEqualTo(Reason.NOT_FOUND);
            assertThat(each.find(1)).isEmpty();
            assertThat(each.definition(2)).as("t has it").isEqualTo(optional("y"));
            assertThat(each.snapshot().ids()).containsExactly(2);
        }
        assertThat(register(other, "t", optional("new"))).isEqualTo(4);
        assertThat(register(other, "t", optional("x")))
                .as("it comes back as what it was")
                .isEqualTo(1);
        assertThat(registry.definition(1)).isEqualTo(optional("x"));
    }

    @Test
    void manyVersionsAreRemovedInSeveralCommits() {
        List<Integer> all = new ArrayList<>(List.of(1, 2, 3));
        registry.setMode(Optional.of("s"), RegistryMode.IMPORT, true);
        for (int i = 4; i <= 220; i++) {
            all.add(i);
            registry.register("s", optional("f" + i), new RegisterOptions(false, OptionalInt.of(i), OptionalInt.of(i)));
        }
        registry.setMode(Optional.of("s"), RegistryMode.READWRITE, false);
        assertThat(registry.deleteSubject("s", false)).isEqualTo(all);

        assertThat(other.deleteSubject("s", true)).isEqualTo(all);

        assertThat(registry.snapshot().ids()).isEmpty();
    }

    @Test
    void aSchemaIsNotRemovedWhileAnotherSubjectTakesIt() throws InterruptedException {
        SchemaRegistry judge = zooKeeper.registry();
        for (int round = 0; round < 10; round++) {
            String going = "going" + round;
            String coming = "coming" + round;
            int id = register(registry, going, optional("g" + round));
            registry.deleteSubject(going, false);
            int given = round;
            Thread taking = new Thread(() -> register(other, coming, optional("g" + given)));
            taking.start();
            registry.deleteSubject(going, true);
            taking.join();

            assertThat(judge.version(coming, 1, false))
                    .isEqualTo(new SubjectVersion(coming, 1, id, optional("g" + round), false));
            assertThat(other.definition(id)).isEqualTo(optional("g" + round));
        }
    }
}
