package io.millstream.broker.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millstream.schemas.CompatibilityLevel;
import io.millstream.schemas.SchemaRegistry;
import java.util.List;
import java.util.Optional;

/** Compatibility levels, of all subjects and of one. The API calls them "config". */
final class LevelRoutes {

    private static final String ALL = "/config";
    private static final String ONE = "/config/{subject}";
    private static final CompatibilityLevel DEFAULT = CompatibilityLevel.BACKWARD;

    /** What else the original lets be set along with a level. */
    private static final List<String> NOT_SERVED = List.of(
            "alias",
            "aliasForDeks",
            "normalize",
            "validateFields",
            "validateNewSchemas",
            "validateRules",
            "compatibilityPolicy",
            "compatibilityGroup",
            "defaultMetadata",
            "overrideMetadata",
            "defaultRuleSet",
            "overrideRuleSet");

    private final SchemaRegistry registry;

    LevelRoutes(SchemaRegistry registry) {
        this.registry = registry;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", ALL, call -> get(call, Optional.empty())),
                Route.of("PUT", ALL, call -> set(call, Optional.empty())),
                Route.of("DELETE", ALL, call -> delete(Optional.empty())),
                Route.of("GET", ONE, call -> get(call, call.subjectOrAll())),
                Route.of("PUT", ONE, call -> set(call, call.subjectOrAll())),
                Route.of("DELETE", ONE, call -> delete(call.subjectOrAll())));
    }

    private ApiAnswer get(Call call, Optional<String> subject) {
        if (subject.isEmpty()) {
            return read(registry.level(subject).orElse(DEFAULT));
        }
        return registry.level(subject)
                .or(() -> call.query().flag("defaultToGlobal")
                        ? Optional.of(registry.effectiveLevel(subject.get()))
                        : Optional.empty())
                .map(LevelRoutes::read)
                .orElseThrow(() -> notConfigured(subject.get()));
    }

    private static ApiException notConfigured(String subject) {
        return new ApiException(404, 40408, "Subject '" + subject + "' has no compatibility level of its own");
    }

    private ApiAnswer set(Call call, Optional<String> subject) {
        ObjectNode body = Json.read(call.body());
        NOT_SERVED.forEach(field -> SchemaBody.refuse(body, field, 422));
        String name = SchemaBody.text(body, "compatibility");
        CompatibilityLevel level = CompatibilityLevel.named(name)
                .orElseThrow(() -> new ApiException(
                        422,
                        42203,
                        "'" + name + "' is no compatibility level: give one of " + List.of(CompatibilityLevel.values())
                                + " as the field 'compatibility'"));
        var unused = registry.setLevel(subject, level);
        return ApiAnswer.json(Json.object().put("compatibility", level.name()));
    }

    private ApiAnswer delete(Optional<String> subject) {
        Optional<CompatibilityLevel> deleted = registry.deleteLevel(subject);
        return read(subject.map(name -> deleted.orElseThrow(() -> SubjectName.notFound(name)))
                .orElse(deleted.orElse(DEFAULT)));
    }

    /** What is read has another name than what is written. */
    private static ApiAnswer read(CompatibilityLevel level) {
        return ApiAnswer.json(Json.object().put("compatibilityLevel", level.name()));
    }
}
