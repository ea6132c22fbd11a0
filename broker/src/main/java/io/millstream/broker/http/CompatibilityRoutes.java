package io.millstream.broker.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millstream.schemas.CompatibilityResult;
import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.SchemaRegistry;
import java.util.List;
import java.util.OptionalInt;

/** Whether a schema could be registered: against one version of a subject, or against all that its level asks for. */
final class CompatibilityRoutes {

    private static final String ALL = "/compatibility/subjects/{subject}/versions";

    private final SchemaRegistry registry;

    CompatibilityRoutes(SchemaRegistry registry) {
        this.registry = registry;
    }

    List<Route> routes() {
        return List.of(
                Route.of("POST", ALL, call -> check(call, OptionalInt.empty())),
                Route.of("POST", ALL + "/{version}", call -> check(call, OptionalInt.of(call.version()))));
    }

    private ApiAnswer check(Call call, OptionalInt version) {
        boolean verbose = call.query().flag("verbose");
        ObjectNode json = Json.object();
        CompatibilityResult result = result(call, version, verbose);
        json.put("is_compatible", result.compatible());
        if (verbose) {
            json.set("messages", SchemaJson.names(result.messages()));
        }
        return ApiAnswer.json(json);
    }

    private CompatibilityResult result(Call call, OptionalInt version, boolean verbose) {
        SchemaBody body = SchemaBody.read(call.body());
        try {
            return registry.check(
                    call.subject(), version, body.definition(), call.query().flag("normalize"));
        } catch (SchemaException e) {
            if (verbose && e.reason() == Reason.INVALID) { // to those who ask why, that is a reason like any other
                return new CompatibilityResult(false, List.of(Json.oneLine(e.getMessage())));
            }
            throw e;
        }
    }
}
