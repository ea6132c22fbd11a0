package io.millstream.broker.http;

import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.Shown;
import io.millstream.schemas.SubjectVersion;
import java.util.List;

/** Subjects, and whether a schema is one of a subject's. */
final class SubjectRoutes {

    private final SchemaRegistry registry;

    SubjectRoutes(SchemaRegistry registry) {
        this.registry = registry;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", "/subjects", this::list),
                Route.of("POST", "/subjects/{subject}", this::lookup),
                Route.of("DELETE", "/subjects/{subject}", this::delete));
    }

    /** What a list shows; to ask for deleted ones alone says more than to ask for them, too. */
    static Shown shown(Query query) {
        if (query.flag("deletedOnly")) {
            return Shown.DELETED_ONLY;
        }
        return query.flag("deleted") ? Shown.DELETED_TOO : Shown.LIVE;
    }

    private ApiAnswer list(Call call) {
        String prefix = SubjectName.prefix(call.query().text("subjectPrefix").orElse(""));
        List<String> subjects = registry.subjects(shown(call.query())).stream()
                .filter(subject -> subject.startsWith(prefix))
                .toList();
        return ApiAnswer.json(SchemaJson.names(Page.of(call.query()).of(subjects)));
    }

    private ApiAnswer lookup(Call call) {
        String subject = call.subject();
        SchemaBody body = SchemaBody.read(call.body());
        SubjectVersion found = registry.lookup(
                        subject,
                        body.definition(),
                        call.query().flag("normalize"),
                        call.query().flag("deleted"))
                .orElseThrow(() -> new ApiException(404, 40403, "Subject '" + subject + "' has no such schema"));
        return ApiAnswer.json(SchemaJson.of(found));
    }

    private ApiAnswer delete(Call call) {
        List<Integer> versions =
                registry.deleteSubject(call.subject(), call.query().flag("permanent"));
        return ApiAnswer.json(SchemaJson.numbers(versions));
    }
}
