package io.millstream.schemas;

import static io.millstream.schemas.Definitions.optional;
import static io.millstream.schemas.Definitions.record;
import static io.millstream.schemas.Definitions.referring;
import static io.millstream.schemas.Definitions.refusal;
import static io.millstream.schemas.Definitions.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.schemas.SchemaException.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.avro.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReferencesTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private static final SchemaReference A1 = new SchemaReference("A", "a", 1);
    private static final SchemaReference A2 = new SchemaReference("A", "a", 2);
    private static final SchemaReference B1 = new SchemaReference("B", "b", 1);

    private SchemaRegistry registry;

    @BeforeEach
    void start() {
        registry = zooKeeper.registry();
    }

    private void registerA() {
        register(registry, "a", SchemaDefinition.of(record("A", "\"int\"")));
    }

    @Test
    void aTextKeepsTheNamesAndTheSchemaHasTheTypes() {
        registerA();
        int b = register(registry, "b", referring(record("B", "\"A\""), A1));
        int c = register(registry, "c", referring(record("C", "\"B\""), B1));

        SchemaRegistry other = zooKeeper.registry();

        assertThat(other.definition(c)).isEqualTo(referring(record("C", "\"B\""), B1));
        Schema resolved = other.byId(c);
        assertThat(SchemaText.canonical(resolved)).isEqualTo(record("C", record("B", record("A", "\"int\""))));
        assertThat(other.byId(b)).isEqualTo(resolved.getField("f").schema());
        assertThat(other.snapshot().find(c)).contains(resolved);
        assertThat(other.version("c", 1, false).definition().references()).containsExactly(B1);
    }

    @Test
    void theSameTextWithOtherReferencesIsAnotherSchema() {
        registerA();
        register(registry, "a", SchemaDefinition.of(record("A", "\"long\"")));
        registry.setLevel(Optional.of("b"), CompatibilityLevel.NONE);

        int first = register(registry, "b", referring(record("B", "\"A\""), A1));
        int second = register(registry, "b", referring(record("B", "\"A\""), A2));

        assertThat(second).isNotEqualTo(first);
        assertThat(register(registry, "b", referring(record("B", "\"A\""), A1))).isEqualTo(first);
        assertThat(register(zooKeeper.registry(), "other", referring(record("B", "\"A\""), A2)))
                .isEqualTo(second);
        assertThat(registry.lookup("b", referring(record("B", "\"A\""), A2), false, false)
                        .orElseThrow()
                        .version())
                .isEqualTo(2);
    }

    /** Mode IMPORT can give the version that is referred to to another schema. */
    @Test
    void anIdKeepsItsMeaningWhenAnotherSchemaComesToBeTheVersion() {
        registerA();
        int first = register(registry, "b", referring(record("B", "\"A\""), A1));
        for (String subject : List.of("b", "a")) {
            registry.deleteSubject(subject, false);
            registry.deleteSubject(subject, true);
        }
        registry.setMode(Optional.empty(), RegistryMode.IMPORT, false);
        registry.register(
                "a",
                SchemaDefinition.of(record("A", "\"string\"")),
                new RegisterOptions(false, OptionalInt.of(99), OptionalInt.of(1)));
        registry.setMode(Optional.empty(), RegistryMode.READWRITE, false);

        assertThat(register(registry, "b", referring(record("B", "\"A\""), A1))).isNotEqualTo(first);
    }

    @Test
    void compatibilityLooksThroughReferences() {
        registerA();
        register(registry, "a", SchemaDefinition.of(record("A", "\"long\"")));
        registry.setLevel(Optional.of("a"), CompatibilityLevel.NONE);
        register(registry, "a", SchemaDefinition.of(record("A", "\"string\"")));
        register(registry, "b", referring(record("B", "\"A\""), A1));

        assertThat(registry.check("b", OptionalInt.empty(), referring(record("B", "\"A\""), A2), false)
                        .compatible())
                .isTrue();
        SchemaReference a3 = new SchemaReference("A", "a", 3);
        assertThat(refusal(() -> register(registry, "b", referring(record("B", "\"A\""), a3))))
                .isEqualTo(Reason.INCOMPATIBLE);
    }

    @Test
    void aTextInOnePieceIsFoundAsTheVersionInSeveral() {
        registerA();
        int b = register(registry, "b", referring(record("B", "\"A\""), A1));
        SchemaDefinition inOnePiece = SchemaDefinition.of(record("B", record("A", "\"int\"")));

        assertThat(register(registry, "b", inOnePiece)).isEqualTo(b);
        assertThat(zooKeeper
                        .registry()
                        .lookup("b", inOnePiece, false, false)
                        .orElseThrow()
                        .definition())
                .isEqualTo(referring(record("B", "\"A\""), A1));
    }

    @Test
    void aDiamondIsOneTypeAndTwoOfOneNameAreRefused() {
        registerA();
        register(registry, "b", referring(record("B", "\"A\""), A1));
        register(registry, "c", referring(record("C", "\"A\""), A1));
        SchemaReference c1 = new SchemaReference("C", "c", 1);
        String union = "[\"A\",\"B\",\"C\"]";

        int id = register(registry, "d", referring(union, A1, B1, c1));

        assertThat(registry.byId(id).getTypes()).extracting(Schema::getName).containsExactly("A", "B", "C");
        register(registry, "a", SchemaDefinition.of(record("A", "\"long\"")));
        assertThat(refusal(() -> register(registry, "d", referring(union, A2, B1, c1))))
                .isEqualTo(Reason.INVALID);
    }

    @Test
    void whatIsNotThereCannotBeReferredTo() {
        SchemaDefinition b = referring(record("B", "\"A\""), A1);
        assertThat(refusal(() -> register(registry, "b", b))).isEqualTo(Reason.INVALID);
        assertThat(refusal(() -> register(registry, "b", SchemaDefinition.of(record("B", "\"A\"")))))
                .isEqualTo(Reason.INVALID);
        registerA();
        assertThat(refusal(() -> register(registry, "b", referring(record("B", "\"A\""), A2))))
                .isEqualTo(Reason.INVALID);
        registry.deleteSubject("a", false);
        assertThat(refusal(() -> register(registry, "b", b))).isEqualTo(Reason.INVALID);
        assertThat(refusal(() -> new SchemaReference("A", "a", 0))).isEqualTo(Reason.INVALID);
        assertThat(refusal(() -> register(registry, "b", referring("\"A\"", new SchemaReference("A", "\ud800", 1)))))
                .isEqualTo(Reason.INVALID_SUBJECT);
        assertThat(registry.subjects(Shown.LIVE)).isEmpty();
    }

    @Test
    void whatAnotherRegistryHasJustTakenCanBeReferredTo() {
        SchemaRegistry other = zooKeeper.registry();
        assertThat(refusal(() -> register(other, "b", referring(record("B", "\"A\""), A1))))
                .isEqualTo(Reason.INVALID);

        registerA();

        assertThat(register(other, "b", referring(record("B", "\"A\""), A1))).isEqualTo(2);
    }

    @Test
    void whatIsReferredToCannotBeDeleted() {
        registerA();
        int b = register(registry, "b", referring(record("B", "\"A\""), A1));
        register(registry, "b2", referring(record("B", "\"A\""), A1));
        assertThat(registry.referencedBy("a", 1)).containsExactly(b);
        assertThat(registry.referencedBy("a", SchemaRegistry.LATEST)).containsExactly(b);

        assertThat(refusal(() -> registry.deleteVersion("a", 1, false))).isEqualTo(Reason.REFERENCED);
        assertThat(refusal(() -> registry.deleteSubject("a", false))).isEqualTo(Reason.REFERENCED);
        registry.deleteSubject("b", false);
        assertThat(refusal(() -> registry.deleteSubject("a", false)))
                .as("b2 has it still")
                .isEqualTo(Reason.REFERENCED);
        registry.deleteSubject("b2", false);
        assertThat(registry.referencedBy("a", 1)).isEmpty();
        registry.deleteSubject("a", false);
        assertThat(registry.byId(b).getName()).as("as good as ever").isEqualTo("B");

        assertThat(refusal(() -> registry.deleteVersion("a", 1, true))).isEqualTo(Reason.REFERENCED);
        assertThat(refusal(() -> registry.deleteSubject("a", true))).isEqualTo(Reason.REFERENCED);
        registry.deleteSubject("b", true);
        assertThat(registry.byId(b).getName()).isEqualTo("B");
        registry.deleteSubject("b2", true);
        assertThat(registry.deleteSubject("a", true)).containsExactly(1);
        assertThat(registry.snapshot().ids()).isEmpty();
    }

    @Test
    void aSchemaComesBackOnlyWithWhatItRefersTo() {
        registerA();
        SchemaDefinition b = referring(record("B", "\"A\""), A1);
        register(registry, "b", b);
        registry.deleteSubject("b", false);
        registry.deleteSubject("a", false);

        assertThat(refusal(() -> register(registry, "b", b))).isEqualTo(Reason.INVALID);

        registerA();
        assertThat(refusal(() -> register(registry, "b", b)))
                .as("that is version 2")
                .isEqualTo(Reason.INVALID);
        assertThat(register(registry, "b", referring(record("B", "\"A\""), A2))).isEqualTo(3);
    }

    @Test
    void aSubjectMayReferToItselfAndGoesAsAWhole() {
        registry.setLevel(Optional.of("a"), CompatibilityLevel.NONE);
        registerA();
        register(registry, "a", referring(record("B", "\"A\""), A1));

        assertThat(refusal(() -> registry.deleteVersion("a", 1, false))).isEqualTo(Reason.REFERENCED);
        assertThat(registry.deleteSubject("a", false)).containsExactly(1, 2);
        assertThat(registry.deleteSubject("a", true)).containsExactly(1, 2);
    }

    @Test
    void chainsAreBounded() {
        register(registry, "t0", SchemaDefinition.of(record("T0", "\"int\"")));
        String longDoc = "x".repeat(SchemaText.MAX_BYTES / 4);
        List<Integer> ids = new ArrayList<>();
        Reason reason = null;
        for (int i = 1; i < 10 && reason == null; i++) {
            String text = "{\"type\":\"record\",\"name\":\"T" + i + "\",\"doc\":\"" + longDoc
                    + "\",\"fields\":[{\"name\":\"f\",\"type\":\"T" + (i - 1) + "\"}]}";
            SchemaDefinition next = referring(text, new SchemaReference("T" + (i - 1), "t" + (i - 1), 1));
            String subject = "t" + i;
            if (i < 4) {
                ids.add(register(registry, subject, next));
            } else {
                reason = refusal(() -> register(registry, subject, next));
            }
        }
        assertThat(ids).hasSize(3);
        assertThat(reason).as("in one piece, it would be too long for readers").isEqualTo(Reason.INVALID);
    }

    @Test
    void normalizedReferencesHaveNoOrder() {
        registerA();
        register(registry, "b", SchemaDefinition.of(record("B", "\"int\"")));
        RegisterOptions normalized = new RegisterOptions(true, OptionalInt.empty(), OptionalInt.empty());
        String union = "[\"A\",\"B\"]";

        int id =
                registry.register("u", referring(union, B1, A1, B1), normalized).id();

        assertThat(registry.definition(id).references()).containsExactly(A1, B1);
        assertThat(registry.register("u", referring(union, A1, B1), normalized).id())
                .isEqualTo(id);
        assertThat(registry.lookup("u", referring(union, B1, A1), false, false)).isEmpty();
        assertThat(registry.lookup("u", referring(union, B1, A1), true, false)).isPresent();
    }

    @Test
    void referencesCanBeMadeWhileOthersDelete() throws InterruptedException {
        SchemaRegistry other = zooKeeper.registry();
        for (int round = 0; round < 10; round++) {
            String subject = "x" + round;
            register(registry, subject, optional("f" + round));
            SchemaReference reference = new SchemaReference("R", subject, 1);
            SchemaDefinition referrer = referring(record("Q" + round, "\"R\""), reference);
            List<String> outcomes = Collections.synchronizedList(new ArrayList<>());
            Thread deleting =
                    new Thread(() -> outcomes.add(tried("deleted", () -> other.deleteSubject(subject, false))));
            Thread referringTo = new Thread(
                    () -> outcomes.add(tried("referred", () -> register(registry, "q" + subject, referrer))));
            deleting.start();
            referringTo.start();
            deleting.join();
            referringTo.join();

            assertThat(outcomes)
                    .as("one of them, never both")
                    .containsAnyOf("deleted", "referred")
                    .hasSize(2);
            assertThat(outcomes).contains("refused");
        }
    }

    private static String tried(String done, Runnable action) {
        try {
            action.run();
            return done;
        } catch (SchemaException e) {
            assertThat(e.reason()).isIn(Reason.REFERENCED, Reason.INVALID);
            return "refused";
        }
    }
}
