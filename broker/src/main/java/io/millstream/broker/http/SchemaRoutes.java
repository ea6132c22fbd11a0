package io.millstream.broker.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millstream.schemas.SchemaDefinition;
import io.millstream.schemas.SchemaListing;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.SchemaText;
import io.millstream.schemas.Shown;
import io.millstream.schemas.SubjectVersion;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Schemas by their ids, and all schemas. */
final class SchemaRoutes {

    /** Most schemas that are listed at a time. */
    static final int MOST = 1000;

    /** Most characters of schemas that are listed at a time. */
    private static final int MOST_CHARACTERS = 8 * 1024 * 1024;

    private final SchemaRegistry registry;

    SchemaRoutes(SchemaRegistry registry) {
        this.registry = registry;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", "/schemas", this::all),
                new Route("GET", "/schemas/ids/{id}", this::knownById, this::byId),
                new Route("GET", "/schemas/ids/{id}/schema", this::knownTextOf, this::textOf),
                Route.of("GET", "/schemas/ids/{id}/subjects", this::subjectsOf),
                Route.of("GET", "/schemas/ids/{id}/versions", this::versionsOf));
    }

    private ApiAnswer all(Call call) {
        String prefix = SubjectName.prefix(call.query().text("subjectPrefix").orElse(""));
        Shown shown = call.query().flag("deleted") ? Shown.DELETED_TOO : Shown.LIVE;
        boolean latestOnly = call.query().flag("latestOnly");
        Page page = Page.of(call.query(), MOST);
        PageOfSchemas schemas = new PageOfSchemas(page);
        registry.list(prefix, shown, latestOnly, schemas);
        return ApiAnswer.json(schemas.array);
    }

    /** What one page shows of a list. */
    private static final class PageOfSchemas implements SchemaListing {

        private final Page page;
        private final ArrayNode array = Json.array();
        private long characters;
        private long listed;

        PageOfSchemas(Page page) {
            this.page = page;
        }

        @Override
        public boolean isFull() {
            return array.size() == page.limit();
        }

        @Override
        public boolean wantsNext() {
            return listed++ >= page.offset() && !isFull();
        }

        @Override
        public void take(SubjectVersion version) {
            characters += version.definition().text().length();
            requireFew(characters);
            array.add(SchemaJson.of(version));
        }
    }

    private static void requireFew(long characters) {
        if (characters > MOST_CHARACTERS) {
            String message = "These schemas have more than " + MOST_CHARACTERS
                    + " characters: ask for fewer at a time, with 'limit' and 'offset'";
            throw new ApiException(422, 422, message);
        }
    }

    private Optional<ApiAnswer> knownById(Call call) {
        return resolved(call)
                ? Optional.empty()
                : registry.remembered(call.id()).map(SchemaRoutes::whole);
    }

    private ApiAnswer byId(Call call) {
        int id = call.id();
        SchemaDefinition definition = registry.definition(id);
        return resolved(call) ? ApiAnswer.json(SchemaJson.of(definition, resolve(id))) : whole(definition);
    }

    private static ApiAnswer whole(SchemaDefinition definition) {
        return ApiAnswer.json(SchemaJson.of(definition, definition.text()));
    }

    private Optional<ApiAnswer> knownTextOf(Call call) {
        return resolved(call)
                ? Optional.empty()
                : registry.remembered(call.id()).map(SchemaDefinition::text).map(ApiAnswer::text);
    }

    private ApiAnswer textOf(Call call) {
        int id = call.id();
        return ApiAnswer.text(
                resolved(call) ? resolve(id) : registry.definition(id).text());
    }

    /** Whether the schema is to stand on its own feet: with what it refers to in place of the references. */
    static boolean resolved(Call call) {
        return call.query().text("format").filter("resolved"::equals).isPresent();
    }

    private String resolve(int id) {
        return SchemaText.canonical(registry.byId(id));
    }

    private ApiAnswer subjectsOf(Call call) {
        List<String> subjects =
                usesOf(call).map(SubjectVersion::subject).distinct().toList();
        return ApiAnswer.json(SchemaJson.names(Page.of(call.query()).of(subjects)));
    }

    private ApiAnswer versionsOf(Call call) {
        ArrayNode array = Json.array();
        for (SubjectVersion use : Page.of(call.query()).of(usesOf(call).toList())) {
            array.addObject().put("subject", use.subject()).put("version", use.version());
        }
        return ApiAnswer.json(array);
    }

    private Stream<SubjectVersion> usesOf(Call call) {
        Optional<String> subject = call.query().text("subject").map(SubjectName::of);
        return registry.usesOf(call.id(), call.query().flag("deleted")).stream()
                .filter(use -> subject.isEmpty() || subject.get().equals(use.subject()));
    }
}
