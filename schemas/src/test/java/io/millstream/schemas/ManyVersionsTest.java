package io.millstream.schemas;

import static io.millstream.schemas.Definitions.optional;
import static io.millstream.schemas.Definitions.refusal;
import static io.millstream.schemas.Definitions.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Write;
import io.millstream.schemas.SchemaException.Reason;
import io.millstream.schemas.Subject.Version;
import io.millstream.schemas.Znodes.LastId;
import io.millstream.schemas.Znodes.SchemaId;
import io.millstream.schemas.Znodes.StoredSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A registry that is full, or that is large. */
class ManyVersionsTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private Coordination coordination;

    @BeforeEach
    void start() {
        coordination = zooKeeper.connect();
    }

    /** A subject whose versions have the longest numbers that there are. */
    private void putFullSubject(int versions) {
        List<Version> all = IntStream.range(0, versions)
                .mapToObj(i -> new Version(2_000_000_000 + i, 2_100_000_000 + i, false, true))
                .toList();
        Coordination.await(coordination.ensurePath(Znodes.SUBJECTS));
        Coordination.await(coordination.commit(
                new Write.Create(Znodes.subject("s"), Document.write(new Subject(all, 0, null, null)))));
    }

    @Test
    void theLastVersionFitsIntoItsZnodeTogetherWithTheLongestText() {
        putFullSubject(SchemaRegistry.MAX_VERSIONS - 1);
        String doc = "\\\"".repeat(SchemaText.MAX_BYTES / 2 - 100);
        SchemaDefinition longest =
                SchemaDefinition.of("{\"type\":\"enum\",\"name\":\"E\",\"doc\":\"" + doc + "\",\"symbols\":[\"A\"]}");
        Meddled line = new Meddled(coordination);
        SchemaRegistry registry = new SchemaRegistry(line.coordination());

        int id = register(registry, "s", longest);

        assertThat(line.bytes.get()).as("bytes sent, all tries").isLessThan(3L * coordination.maxCommitBytes());
        SchemaRegistry other = zooKeeper.registry();
        assertThat(other.versionNumbers("s", Shown.DELETED_TOO)).hasSize(SchemaRegistry.MAX_VERSIONS);
        assertThat(other.version("s", SchemaRegistry.LATEST, false).id()).isEqualTo(id);
        int bytes = Coordination.await(coordination.read(Znodes.subject("s")))
                .orElseThrow()
                .value()
                .length;
        assertThat(bytes).isLessThan(coordination.maxCommitBytes() / 2);
    }

    @Test
    void oneMoreIsRefusedUntilSomeAreDeletedPermanently() {
        putFullSubject(SchemaRegistry.MAX_VERSIONS);
        SchemaRegistry registry = new SchemaRegistry(coordination);

        assertThat(refusal(() -> register(registry, "s", optional("x")))).isEqualTo(Reason.INVALID);

        registry.deleteVersion("s", 2_000_000_000, true);
        assertThat(registry.register("s", optional("x"), RegisterOptions.plain())
                        .version())
                .isEqualTo(2_000_000_000 + SchemaRegistry.MAX_VERSIONS);
    }

    @Test
    void aRegistrationCostsTheSameWithTenThousandSchemas() {
        Znodes.PARENTS.forEach(parent -> Coordination.await(coordination.ensurePath(parent)));
        setLastId(20_000); // as many digits as later
        List<Long> few = costs("few");

        putSchemas(10_000);

        assertThat(costs("lot")).as("reads, commits and bytes").isEqualTo(few);
    }

    /** What a new registry asks of ZooKeeper until it has registered a schema, and then another. */
    private List<Long> costs(String subject) {
        List<Long> costs = new ArrayList<>();
        Meddled line = new Meddled(coordination);
        SchemaRegistry registry = new SchemaRegistry(line.coordination());
        for (String field : List.of("x", "y")) {
            line.reads.set(0);
            line.commits.set(0);
            line.bytes.set(0);
            register(registry, subject, optional(field + subject));
            costs.addAll(List.of(line.reads.longValue(), line.commits.longValue(), line.bytes.get()));
        }
        return costs;
    }

    private void putSchemas(int last) {
        int next = 1;
        while (next <= last) {
            List<Write> steps = new ArrayList<>();
            for (; steps.size() < 1500 && next <= last; next++) {
                SchemaDefinition definition = optional("many" + next);
                ParsedSchema schema = ParsedSchema.of(null, definition.text(), List.of());
                steps.add(new Write.Create(
                        Znodes.id(next), Document.write(new StoredSchema("AVRO", schema.text(), List.of(), false))));
                steps.add(new Write.Create(Znodes.hash(schema.hash()), Document.write(new SchemaId(next))));
                Subject subject = new Subject(List.of(new Version(1, next, false, false)), 0, null, null);
                steps.add(new Write.Create(Znodes.subject("many" + next), Document.write(subject)));
            }
            Coordination.await(coordination.commit(steps));
        }
        SchemaRegistry registry = new SchemaRegistry(coordination);
        assertThat(registry.subjects(Shown.LIVE)).hasSizeGreaterThan(last);
        assertThat(registry.lookup("many5000", optional("many5000"), false, false))
                .isPresent();
    }

    private void setLastId(int last) {
        int version =
                Coordination.await(coordination.read(Znodes.IDS)).orElseThrow().version();
        Coordination.await(
                coordination.commit(new Write.Update(Znodes.IDS, Document.write(new LastId(last)), version)));
    }
}
