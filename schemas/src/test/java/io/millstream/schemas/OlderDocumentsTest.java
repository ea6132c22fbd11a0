package io.millstream.schemas;

import static io.millstream.schemas.Definitions.optional;
import static io.millstream.schemas.Definitions.refusal;
import static io.millstream.schemas.Definitions.register;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Write;
import io.millstream.schemas.SchemaException.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the first release stored is read, and goes on. */
class OlderDocumentsTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    @Test
    void schemasOfTheFirstReleaseAreAsGoodAsNew() {
        Coordination coordination = zooKeeper.connect();
        ParsedSchema schema = SchemaText.read(optional("x").text(), List.of(), List.of());
        Map<String, String> documents = new LinkedHashMap<>();
        documents.put("/schemas", "");
        documents.put("/schemas/ids", "{\"version\":1,\"last_id\":1}");
        documents.put("/schemas/hashes", "");
        documents.put("/schemas/subjects", "");
        documents.put(
                "/schemas/ids/1",
                "{\"version\":1,\"schema\":\"" + schema.text().replace("\"", "\\\"") + "\",\"type\":\"AVRO\"}");
        documents.put("/schemas/hashes/" + schema.hash(), "{\"version\":1,\"id\":1}");
        documents.put("/schemas/subjects/s%2F1", "{\"version\":1,\"versions\":[{\"id\":1,\"version\":1}]}");
        documents.forEach((path, document) ->
                Coordination.await(coordination.commit(new Write.Create(path, document.getBytes(UTF_8)))));

        SchemaRegistry registry = zooKeeper.registry();

        assertThat(registry.subjects(Shown.LIVE)).containsExactly("s/1");
        assertThat(registry.versions("s/1", Shown.DELETED_TOO))
                .containsExactly(new SubjectVersion("s/1", 1, 1, optional("x"), false));
        assertThat(register(registry, "s/1", optional("x"))).isEqualTo(1);
        assertThat(register(registry, "other", optional("x"))).isEqualTo(1);
        assertThat(registry.register("s/1", optional("y"), RegisterOptions.plain()))
                .isEqualTo(new SubjectVersion("s/1", 2, 2, optional("y"), false));
        assertThat(registry.deleteSubject("s/1", false)).containsExactly(1, 2);
        assertThat(registry.deleteSubject("s/1", true)).containsExactly(1, 2);
        assertThat(registry.definition(1)).as("other has it").isEqualTo(optional("x"));
        assertThat(refusal(() -> registry.definition(2))).isEqualTo(Reason.NOT_FOUND);
    }
}
