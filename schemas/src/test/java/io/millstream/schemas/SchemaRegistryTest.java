package io.millstream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Write;
import io.millstream.schemas.SchemaException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SchemaRegistryTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private static Schema schema(String field) {
        return SchemaText.parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"" + field
                + "\",\"type\":\"int\",\"default\":0}]}");
    }

    private static SubjectVersion version(String subject, int version, int id, Schema schema) {
        return new SubjectVersion(subject, version, id, SchemaDefinition.of(SchemaText.canonical(schema)), false);
    }

    private static Reason refusal(Runnable action) {
        return catchThrowableOfType(SchemaException.class, action::run).reason();
    }

    @Test
    void givesIdsFromOneAndTheSameToTheSameSchemaUnderAnySubject() {
        SchemaRegistry registry = zooKeeper.registry();

        assertThat(registry.register("a-value", schema("x"))).isEqualTo(1);
        assertThat(registry.register("a-value", schema("y"))).isEqualTo(2);
        assertThat(registry.register("a-value", schema("x"))).isEqualTo(1);
        assertThat(registry.register("b-value", schema("x"))).isEqualTo(1);
        assertThat(zooKeeper.registry().register("c-value", schema("y"))).isEqualTo(2);
        assertThat(zooKeeper.registry().register("c-value", schema("z"))).isEqualTo(3);
    }

    @Test
    void schemasThatDifferInWhatParsingFormDropsAreDifferent() {
        SchemaRegistry registry = zooKeeper.registry();
        registry.setLevel(Optional.empty(), CompatibilityLevel.NONE);
        List<String> texts = List.of(
                "{\"type\":\"long\"}",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"doc\":\"d\"}",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"A\"}",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"aliases\":[\"F\"]}");

        assertThat(texts.stream().map(text -> registry.register("s", SchemaText.parse(text))))
                .containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(registry.register("s", SchemaText.parse(" \"long\" "))).isEqualTo(1);
    }

    @Test
    void findsByIdInAnyRegistryWhatOneHasRegistered() {
        Schema click = EventSchemas.CLICK.newest();
        int id = zooKeeper.registry().register("clicks-value", click);
        SchemaRegistry other = zooKeeper.registry();

        assertThat(SchemaText.canonical(other.byId(id))).isEqualTo(SchemaText.canonical(click));
        assertThat(other.byId(id)).as("cached").isSameAs(other.byId(id));
        for (int unknown : new int[] {0, -1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(other.find(unknown)).isEmpty();
            assertThat(refusal(() -> other.byId(unknown))).isEqualTo(Reason.NOT_FOUND);
        }
    }

    @Test
    void anIdNotFoundOnceIsFoundWhenItHasBeenGivenOut() {
        SchemaRegistry reader = zooKeeper.registry();
        assertThat(reader.find(1)).isEmpty();

        zooKeeper.registry().register("s", schema("x"));

        assertThat(reader.find(1)).isPresent();
    }

    @Test
    void countsTheVersionsOfASubject() {
        SchemaRegistry registry = zooKeeper.registry();
        assertThat(registry.latest("s")).isEmpty();
        assertThat(refusal(() -> registry.versions("s", Shown.LIVE))).isEqualTo(Reason.SUBJECT_NOT_FOUND);
        registry.register("other", schema("y"));
        registry.register("s", schema("x"));
        registry.register("s", schema("y"));
        registry.register("s", schema("x"));

        assertThat(zooKeeper.registry().versions("s", Shown.LIVE))
                .containsExactly(version("s", 1, 2, schema("x")), version("s", 2, 1, schema("y")));
        assertThat(zooKeeper.registry().latest("s").orElseThrow().version()).isEqualTo(2);
        assertThat(registry.subjects(Shown.LIVE)).containsExactly("other", "s");
    }

    @Test
    void aSnapshotHasAllThatWereGivenOut() {
        SchemaRegistry registry = zooKeeper.registry();
        assertThat(registry.snapshot().ids()).isEmpty();
        IntStream.range(0, 20).forEach(i -> registry.register("s" + i % 3, schema("f" + i)));
        SchemaRegistry other = zooKeeper.registry();
        other.byId(5);

        SchemaMap snapshot = other.snapshot();

        assertThat(snapshot.ids())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
        assertThat(snapshot.find(20)).contains(schema("f19"));
    }

    @Test
    void subjectsCannotLeaveTheirPlaceOrBeConfused() {
        SchemaRegistry registry = zooKeeper.registry();
        List<String> names =
                List.of("..", ".", "a/b", "../ids/1", "%2f", "a%2Fb", "\0", "\n", "a.b", "a_b", "ä", "x".repeat(1000));

        for (int i = 0; i < names.size(); i++) {
            assertThat(registry.register(names.get(i), schema("f" + i))).isEqualTo(i + 1);
        }

        for (int i = 0; i < names.size(); i++) {
            assertThat(registry.versions(names.get(i), Shown.LIVE))
                    .as(names.get(i))
                    .containsExactly(version(names.get(i), 1, i + 1, schema("f" + i)));
        }
        assertThat(registry.subjects(Shown.LIVE)).containsExactlyInAnyOrderElementsOf(names);
        for (String bad : List.of("", "x".repeat(1001), "\ud800")) {
            assertThat(refusal(() -> registry.register(bad, schema("x")))).isEqualTo(Reason.INVALID_SUBJECT);
            assertThat(refusal(() -> registry.latest(bad))).isEqualTo(Reason.INVALID_SUBJECT);
        }
    }

    @Test
    void takesASchemaAsLongAsAllowed() {
        SchemaRegistry registry = zooKeeper.registry();
        // Quotation marks, since they are escaped twice on their way into the znode.
        String doc = "\\\"".repeat(SchemaText.MAX_BYTES / 2 - 100);
        Schema large =
                SchemaText.parse("{\"type\":\"enum\",\"name\":\"E\",\"doc\":\"" + doc + "\",\"symbols\":[\"A\"]}");

        int id = registry.register("s", large);

        assertThat(zooKeeper.registry().byId(id).getDoc()).hasSize(SchemaText.MAX_BYTES / 2 - 100);
    }

    @Test
    void aDocumentThatIsBrokenOrOfALaterReleaseIsNotTakenForAMissingOne() {
        Coordination coordination = zooKeeper.connect();
        zooKeeper.registry().register("s", schema("x"));
        for (String broken : List.of("x", "{\"version\":2}", "{\"version\":1,\"type\":\"PROTOBUF\",\"schema\":\"\"}")) {
            int version = Coordination.await(coordination.read("/schemas/ids/1"))
                    .orElseThrow()
                    .version();
            Coordination.await(
                    coordination.commit(new Write.Update("/schemas/ids/1", broken.getBytes(UTF_8), version)));

            assertThat(refusal(() -> zooKeeper.registry().find(1))).as(broken).isEqualTo(Reason.UNAVAILABLE);
        }
    }

    @Test
    void aRegistryOutOfReachSaysSo() {
        Coordination coordination = zooKeeper.connect();
        SchemaRegistry registry = new SchemaRegistry(coordination);
        int id = registry.register("s", schema("x"));
        assertThat(registry.find(id)).contains(schema("x"));

        coordination.close();

        assertThat(registry.find(id)).as("never changes: from memory").contains(schema("x"));
        assertThat(refusal(() -> registry.register("s", schema("x")))).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal(() -> registry.register("s", schema("y")))).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal(() -> registry.find(17))).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal(() -> registry.latest("t"))).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refusal(registry::snapshot)).isEqualTo(Reason.UNAVAILABLE);
    }
}
