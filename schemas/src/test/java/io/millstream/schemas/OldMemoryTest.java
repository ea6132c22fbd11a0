package io.millstream.schemas;

import static io.millstream.schemas.Definitions.optional;
import static io.millstream.schemas.Definitions.refusal;
import static io.millstream.schemas.Definitions.register;
import static io.millstream.schemas.Definitions.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.schemas.SchemaException.Reason;
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
