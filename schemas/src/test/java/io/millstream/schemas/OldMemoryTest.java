package io.millstream.schemas;

import static io.millstream.schemas.Definitions.optional;
import static io.millstream.schemas.Definitions.refusal;
import static io.millstream.schemas.Definitions.register;
import static io.millstream.schemas.Definitions.required;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Write;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Znodes.Referrers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a registry remembers may be old, here for ever, since nobody tells it: it must do no harm. */
class OldMemoryTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private Meddled line;
    private SchemaRegistry old;
    private SchemaRegistry other;

    @BeforeEach
    void start() {
        line = new Meddled(zooKeeper.connect());
        old = new SchemaRegistry(line.coordination());
        other = zooKeeper.registry();
        register(old, "s", optional("x"));
        assertThat(old.version("s", -1, false).version()).isEqualTo(1);
        assertThat(old.effectiveLevel("s")).isEqualTo(CompatibilityLevel.BACKWARD);
        line.deaf = true;
    }

    @Test
    void noneLetsInWhatALevelRefuses() {
        old.setLevel(Optional.empty(), CompatibilityLevel.NONE);
        assertThat(old.level(Optional.empty())).as("not heard of").isEmpty();
        line.deaf = false;
        SchemaRegistry third = new SchemaRegistry(line.coordination());
        assertThat(third.level(Optional.empty())).contains(CompatibilityLevel.NONE);
        line.deaf = true;
        other.setLevel(Optional.empty(), CompatibilityLevel.BACKWARD);
        assertThat(third.level(Optional.empty())).as("old").contains(CompatibilityLevel.NONE);

        assertThat(refusal(() -> register(third, "s", required("y")))).isEqualTo(Reason.INCOMPATIBLE);
    }

    @Test
    void noneLetsInWhatAVersionThatItDoesNotKnowForbids() {
        register(
                other,
                "s",
                SchemaDefinition.of("{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                        + "{\"name\":\"n\",\"type\":\"long\"}, {\"name\":\"x\",\"type\":\"int\",\"default\":0}]}"
                                .replace("\"long\"}", "\"long\",\"default\":0}")));
        SchemaDefinition clash = SchemaDefinition.of("{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                + "{\"name\":\"n\",\"type\":\"boolean\",\"default\":true}]}");

        assertThat(refusal(() -> register(old, "s", clash))).isEqualTo(Reason.INCOMPATIBLE);

        assertThat(old.register("s", optional("y"), RegisterOptions.plain()).version())
                .isEqualTo(3);
    }

    @Test
    void whatWasSetElsewhereIsSetBack() {
        line.deaf = false;
        old.setLevel(Optional.empty(), CompatibilityLevel.FULL);
        assertThat(old.level(Optional.empty())).contains(CompatibilityLevel.FULL);
        line.late = true;
        other.setLevel(Optional.empty(), CompatibilityLevel.NONE);

        assertThat(old.setLevel(Optional.empty(), CompatibilityLevel.FULL)).contains(CompatibilityLevel.NONE);

        assertThat(other.level(Optional.empty())).contains(CompatibilityLevel.FULL);
    }

    @Test
    void whatWasDeletedElsewhereIsRegisteredAnewAndNotTakenForThere() {
        line.deaf = false;
        assertThat(register(old, "s", optional("x"))).isEqualTo(1);
        line.late = true;
        other.deleteSubject("s", false);

        assertThat(old.register("s", optional("x"), RegisterOptions.plain()).version())
                .isEqualTo(2);

        assertThat(other.versionNumbers("s", Shown.LIVE)).containsExactly(2);
    }

    @Test
    void theNewestVersionIsDeletedAlsoIfItIsNotKnownYet() {
        register(other, "s", optional("y"));

        assertThat(old.deleteVersion("s", SchemaRegistry.LATEST, false)).isEqualTo(2);

        assertThat(other.versionNumbers("s", Shown.LIVE)).containsExactly(1);
    }

    @Test
    void whatCouldNotBeReadIsReadAgain() {
        line.unreadable = Znodes.IDS;
        assertThat(refusal(() -> register(old, "s", optional("y")))).isEqualTo(Reason.UNAVAILABLE);
        line.unreadable = null;

        assertThat(register(old, "s", optional("y"))).isEqualTo(2);
    }

    @Test
    void whatCannotBeReadIsNotTakenForMissing() {
        String path = Znodes.referrers("s");
        byte[] later = "{\"version\":99}".getBytes(UTF_8);
        Coordination coordination = zooKeeper.connect();
        Coordination.await(coordination.commit(List.of(new Write.Create(path, later))));
        Draft draft = new Draft(new Documents(coordination));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> draft.read(path, Referrers.class)).isInstanceOf(CoordinationException.class);
        }
    }

    /** Anybody can ask for what is not there, as often as he likes. */
    @Test
    void whatIsMissingIsRememberedWithinTheBoundToo() {
        String longName = "x".repeat(SchemaRegistry.MAX_SUBJECT_LENGTH);
        Documents documents = new Documents(line.coordination(), 100_000);
        for (int i = 0; i < 100; i++) {
            assertThat(Znodes.subject(documents, i + longName)).isEqualTo(Subject.NONE);
        }
        int before = line.reads.get();

        assertThat(Znodes.subject(documents, 99 + longName)).isEqualTo(Subject.NONE);
        assertThat(line.reads.get()).as("remembered").isEqualTo(before);
        assertThat(Znodes.subject(documents, 0 + longName)).isEqualTo(Subject.NONE);
        assertThat(line.reads.get()).as("forgotten").isEqualTo(before + 1);
    }

    @Test
    void noneRegistersAgainstAMode() {
        other.setMode(Optional.empty(), RegistryMode.READONLY, false);

        assertThat(refusal(() -> register(old, "s", optional("y")))).isEqualTo(Reason.NOT_PERMITTED);
    }

    @Test
    void idsStayUnique() {
        register(other, "t", optional("y"));

        assertThat(register(old, "u", optional("z"))).isEqualTo(3);
        assertThat(register(old, "u", optional("y"))).isEqualTo(2);
    }
}
