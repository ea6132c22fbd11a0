package io.millstream.broker.http;

import io.millstream.schemas.RegistryMode;
import io.millstream.schemas.SchemaRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Modes, of all subjects and of one: whether schemas may be registered, and how. */
final class ModeRoutes {

    private static final String ALL = "/mode";
    private static final String ONE = "/mode/{subject}";
    private static final RegistryMode DEFAULT = RegistryMode.READWRITE;

    private final SchemaRegistry registry;

    ModeRoutes(SchemaRegistry registry) {
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
            return answer(registry.mode(subject).orElse(DEFAULT));
        }
        return registry.mode(subject)
                .or(() -> call.query().flag("defaultToGlobal")
                        ? Optional.of(registry.effectiveMode(subject.get()))
                        : Optional.empty())
                .map(ModeRoutes::answer)
                .orElseThrow(() -> notConfigured(subject.get()));
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

    private ApiAnswer delete(Optional<String> subject) {
        Optional<RegistryMode> deleted = registry.deleteMode(subject);
        return answer(subject.map(name -> deleted.orElseThrow(() -> SubjectName.notFound(name)))
                .orElse(deleted.orElse(DEFAULT)));
    }

    private static ApiAnswer answer(RegistryMode mode) {
        return ApiAnswer.json(Json.object().put("mode", mode.name()));
    }
}
