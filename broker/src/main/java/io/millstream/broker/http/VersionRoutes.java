package io.millstream.broker.http;

import com.fasterxml.jackson.databind.node.IntNode;
import io.millstream.schemas.RegisterOptions;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.SubjectVersion;
import java.util.List;

/** The versions of a subject. */
final class VersionRoutes {

    private static final String ALL = "/subjects/{subject}/versions";
    private static final String ONE = "/subjects/{subject}/versions/{version}";

    private final SchemaRegistry registry;

    VersionRoutes(SchemaRegistry registry) {
        this.registry = registry;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", ALL, this::list),
                Route.of("POST", ALL, this::register),
                Route.of("GET", ONE, this::get),
                Route.of("DELETE", ONE, this::delete),
                Route.of("GET", ONE + "/schema", this::text),
                Route.of("GET", ONE + "/referencedby", this::referencedBy));
    }

    private ApiAnswer list(Call call) {
        List<Integer> versions = registry.versionNumbers(call.subject(), SubjectRoutes.shown(call.query()));
        return ApiAnswer.json(SchemaJson.numbers(Page.of(call.query()).of(versions)));
    }

    private ApiAnswer register(Call call) {
        SchemaBody body = SchemaBody.read(call.body());
        RegisterOptions options = new RegisterOptions(call.query().flag("normalize"), body.id(), body.version());
        SubjectVersion registered = registry.register(call.newSubject(), body.definition(), options);
        return ApiAnswer.json(Json.object().put("id", registered.id()));
    }

    private SubjectVersion find(Call call) {
        return registry.version(call.subject(), call.version(), call.query().flag("deleted"));
    }

    private String textOf(SubjectVersion version, Call call) {
        boolean resolved = SchemaRoutes.resolved(call);
        return resolved
                ? SchemaText.canonical(registry.byId(version.id()))
                : version.definition().text();
    }

    private ApiAnswer get(Call call) {
        SubjectVersion version = find(call);
        return ApiAnswer.json(SchemaJson.of(version, textOf(version, call)));
    }

    private ApiAnswer text(Call call) {
        return ApiAnswer.text(textOf(find(call), call));
    }

    private ApiAnswer delete(Call call) {
        int deleted = registry.deleteVersion(
                call.subject(), call.version(), call.query().flag("permanent"));
        return ApiAnswer.json(IntNode.valueOf(deleted));
    }

    private ApiAnswer referencedBy(Call call) {
        List<Integer> ids = registry.referencedBy(call.subject(), call.version());
        return ApiAnswer.json(SchemaJson.numbers(Page.of(call.query()).of(ids)));
    }
}
