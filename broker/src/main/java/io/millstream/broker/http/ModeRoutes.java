package io.millstream.broker.http;

import io.millstream.schemas.RegistryMode;
import io.millstream.schemas.SchemaRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Modes, of all subjects and of one: whether schemas may be registered, and how. */
final class ModeRoutes {

    private final SchemaRegistry registry;

    ModeRoutes(SchemaRegistry registry) {
        this.registry = registry;
    }

    List<Route> routes() {
        return new SettingRoutes<>(
                        "/mode",
                        RegistryMode.READWRITE,
                        subject -> registry.mode(subject),
                        subject -> registry.effectiveMode(subject),
                        subject -> registry.deleteMode(subject),
                        this::set,
                        ModeRoutes::answer,
                        ModeRoutes::notConfigured)
                .routes();
    }

    private static ApiException notConfigured(String subject) {
        return new ApiException(404, 40409, "Subject '" + subject + "' has no mode of its own");
    }

    private ApiAnswer set(Call call, Optional<String> subject) {
        String name = SchemaBody.text(Json.read(call.body()), "mode");
        RegistryMode mode = Arrays.stream(RegistryMode.values())
                .filter(each -> each.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        422,
                        42204,
                        "'" + name + "' is no mode: give one of " + List.of(RegistryMode.values())
                                + " as the field 'mode'"));
        var unused = registry.setMode(subject, mode, call.query().flag("force"));
        return answer(mode);
    }

    private static ApiAnswer answer(RegistryMode mode) {
        return ApiAnswer.json(Json.object().put("mode", mode.name()));
    }
}
