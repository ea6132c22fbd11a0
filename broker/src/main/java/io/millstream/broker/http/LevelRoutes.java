package io.millstream.broker.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millstream.schemas.CompatibilityLevel;
import io.millstream.schemas.SchemaRegistry;
import java.util.List;
import java.util.Optional;

/** Compatibility levels, of all subjects and of one. The API calls them "config". */
final class LevelRoutes {

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
        return new SettingRoutes<>(
                        "/config",
                        CompatibilityLevel.BACKWARD,
                        subject -> registry.level(subject),
                        subject -> registry.effectiveLevel(subject),
                        subject -> registry.deleteLevel(subject),
                        this::set,
                        LevelRoutes::read,
                        LevelRoutes::notConfigured)
                .routes();
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

    /** What is read has another name than what is written. */
    private static ApiAnswer read(CompatibilityLevel level) {
        return ApiAnswer.json(Json.object().put("compatibilityLevel", level.name()));
    }
}
