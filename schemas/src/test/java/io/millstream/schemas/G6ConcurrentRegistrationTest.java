package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.Coordination;
import io.millstream.schemas.SchemaException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** G6: registries that share nothing but ZooKeeper, all registering at once, one of them killed on the way. */
class G6ConcurrentRegistrationTest {

    private static final int REGISTRATIONS = 10_000;
    private static final int THREADS = 48;
    private static final int SCHEMAS = 5_000;
    private static final int SUBJECTS = 100;

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    /** What a client was told. */
    private record Answer(int schema, SubjectVersion version) {}

    private final long seed = SeededEntropy.anySeed();
    private final AtomicInteger left = new AtomicInteger(REGISTRATIONS);
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Map<Reason, Integer> refusals = new ConcurrentHashMap<>();

    private static SchemaDefinition definition(int number) {
        return Definitions.optional("f" + number);
    }

    @Test
    void idsAreUniqueAndImmutableAndTheSameSchemaHasTheSame() throws InterruptedException {
        Coordination killed = zooKeeper.connect();
        List<SchemaRegistry> registries =
                List.of(new SchemaRegistry(killed), zooKeeper.registry(), zooKeeper.registry());
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int client = i;
            clients.add(new Thread(() -> register(registries, client, killed)));
        }

        clients.forEach(Thread::start);
        for (Thread client : clients) {
            client.join();
        }

        assertThat(failures).as("-Dseed=%d", seed).isEmpty();
        assertThat(answers).hasSize(REGISTRATIONS);
        assertThat(refusals.keySet()).as("only of the one killed").isSubsetOf(Reason.UNAVAILABLE);
        judge(zooKeeper.registry());
    }

    /** A client goes to the next registry when its own is gone, and asks again for what it was not told. */
    private void register(List<SchemaRegistry> registries, int client, Coordination killed) {
        SeededEntropy random = new SeededEntropy(seed + client);
        int at = client;
        try {
            for (int number = left.getAndDecrement(); number > 0; number = left.getAndDecrement()) {
                if (number == REGISTRATIONS / 2) {
                    killed.close();
                }
                int schema = random.nextInt(SCHEMAS);
                String subject = "s" + random.nextInt(SUBJECTS);
                Optional<SubjectVersion> told = Optional.empty();
                while (told.isEmpty()) {
                    told = tried(registries.get(at % registries.size()), subject, schema);
                    at += told.isEmpty() ? 1 : 0;
                }
                answers.add(new Answer(schema, told.get()));
            }
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    private Optional<SubjectVersion> tried(SchemaRegistry registry, String subject, int schema) {
        try {
            return Optional.of(registry.register(subject, definition(schema), RegisterOptions.plain()));
        } catch (SchemaException e) {
            refusals.merge(e.reason(), 1, Integer::sum);
            if (e.reason() != Reason.UNAVAILABLE) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void judge(SchemaRegistry registry) {
        SchemaMap all = registry.snapshot();
        assertThat(all.ids())
                .as("given out without a gap, -Dseed=%d", seed)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, all.ids().size()).boxed().toList());
        Set<String> texts = new HashSet<>();
        all.ids().forEach(id -> assertThat(texts.add(registry.definition(id).text()))
                .isTrue());
        Map<String, List<SubjectVersion>> subjects = new HashMap<>();
        for (String subject : registry.subjects(Shown.LIVE)) {
            List<SubjectVersion> versions = registry.versions(subject, Shown.DELETED_TOO);
            assertThat(versions).extracting(SubjectVersion::id).doesNotHaveDuplicates();
            assertThat(versions)
                    .extracting(SubjectVersion::version)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, versions.size()).boxed().toList());
            subjects.put(subject, versions);
        }
        for (Answer answer : answers) {
            SubjectVersion told = answer.version;
            assertThat(told.definition()).isEqualTo(definition(answer.schema));
            assertThat(subjects.get(told.subject()).get(told.version() - 1))
                    .as("what was told stands, -Dseed=%d", seed)
                    .isEqualTo(told);
        }
    }
}
