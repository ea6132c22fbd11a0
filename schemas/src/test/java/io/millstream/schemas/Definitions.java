package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.schemas.SchemaException.Reason;
import java.util.List;

/** Short schemas for tests, and how they are refused. */
final class Definitions {

    private Definitions() {}

    /** A record R with one optional field: compatible with all others of its kind. */
    static SchemaDefinition optional(String field) {
        return SchemaDefinition.of("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"" + field
                + "\",\"type\":\"int\",\"default\":0}]}");
    }

    /** A record R with one field that must be there: incompatible with all others of its kind. */
    static SchemaDefinition required(String field) {
        return SchemaDefinition.of(
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"" + field + "\",\"type\":\"int\"}]}");
    }

    /** A record of this name, whose only field is of the type {@code type}, which is written as it is. */
    static String record(String name, String type) {
        return "{\"type\":\"record\",\"name\":\"" + name + "\",\"fields\":[{\"name\":\"f\",\"type\":" + type + "}]}";
    }

    static SchemaDefinition referring(String text, SchemaReference... references) {
        return new SchemaDefinition(text, List.of(references));
    }

    static int register(SchemaRegistry registry, String subject, SchemaDefinition definition) {
        return registry.register(subject, definition, RegisterOptions.plain()).id();
    }

    /** Why {@code action} is refused; in one line. */
    static Reason refusal(Runnable action) {
        SchemaException refused = catchThrowableOfType(SchemaException.class, action::run);
        assertThat(refused).as("a refusal").isNotNull();
        assertThat(refused.getMessage()).doesNotContain("\n");
        return refused.reason();
    }
}
