package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millstream.fixture.cluster.ProcCluster;
import io.millstream.schemas.SchemaMap;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.Shown;
import io.millstream.schemas.SubjectVersion;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * G6 with processes: three brokers take registrations over HTTP, and one of them is killed on the way: 10,000 with the profile
 * {@code nemesis}, or as many as {@code -Dregistrations=N} says.
 */
final class G6KilledBrokerTest {

    private static final int REGISTRATIONS =
            Integer.getInteger("registrations", Boolean.getBoolean("nemesis.all") ? 10_000 : 2_500);
    private static final int CLIENTS = 24;
    private static final int SCHEMAS = 120;
    private static final int SUBJECTS = 10;
    private static final int KILLED = 1;
    private static final int MOST_TRIES = 1000;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    /** What a client was told. */
    private record Answer(String subject, int schema, int id) {}

    private final long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger left = new AtomicInteger(REGISTRATIONS);
    private final AtomicInteger unanswered = new AtomicInteger();
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private static String text(int schema) {
        return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f" + schema
                + "\",\"type\":\"int\",\"default\":0}]}";
    }

    @Test
    void whatClientsWereToldStandsThoughOneOfThreeBrokersIsKilled() throws InterruptedException {
        try (ProcCluster cluster = ProcCluster.start(directory, 3, Map.of("http.port", "0"))) {
            List<String> brokers = cluster.ids().stream().map(cluster::http).toList();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                clients.add(new Thread(() -> register(cluster, brokers, client)));
            }
            clients.forEach(Thread::start);
            for (Thread client : clients) {
                client.join();
            }

            assertThat(failures).as("-Dseed=%d", seed).isEmpty();
            assertThat(cluster.isAlive(KILLED)).isFalse();
            assertThat(unanswered).as("requests to the one killed").hasPositiveValue();
            judge(new SchemaRegistry(cluster.observer()));
        }
    }

    private void register(ProcCluster cluster, List<String> brokers, int client) {
        Random random = new Random(seed + client);
        int at = client;
        try {
            for (int number = left.getAndDecrement(); number > 0; number = left.getAndDecrement()) {
                if (number == REGISTRATIONS / 2) {
                    cluster.kill9(KILLED);
                }
                String subject = "s" + random.nextInt(SUBJECTS);
                int schema = random.nextInt(SCHEMAS);
                Optional<Integer> id = Optional.empty();
                for (int i = 0; id.isEmpty(); i++) {
                    assertThat(i).as("tries of one registration").isLessThan(MOST_TRIES);
                    id = tried(brokers.get(at % brokers.size()), subject, schema);
                    at += id.isEmpty() ? 1 : 0;
                }
                answers.add(new Answer(subject, schema, id.get()));
            }
        } catch (RuntimeException | Error | InterruptedException e) {
            failures.add(e);
        }
    }

    /** Empty if the broker is gone, or told to ask another time. */
    private Optional<Integer> tried(String broker, String subject, int schema) throws InterruptedException {
        String body = JSON.createObjectNode().put("schema", text(schema)).toString();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + broker + "/subjects/" + subject + "/versions"))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 500 || answer.statusCode() == 429) {
                return Optional.empty();
            }
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode json = JSON.readTree(answer.body());
            return Optional.of(json.get("id").asInt());
        } catch (IOException e) {
            unanswered.incrementAndGet();
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
        for (String subject : registry.subjects(Shown.LIVE)) {
            List<SubjectVersion> versions = registry.versions(subject, Shown.DELETED_TOO);
            assertThat(versions).extracting(SubjectVersion::id).doesNotHaveDuplicates();
            assertThat(versions)
                    .extracting(SubjectVersion::version)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, versions.size()).boxed().toList());
        }
        assertThat(answers).hasSize(REGISTRATIONS);
        for (Answer answer : new HashSet<>(answers)) {
            assertThat(registry.definition(answer.id).text()).isEqualTo(text(answer.schema));
            assertThat(registry.usesOf(answer.id, false))
                    .as("what was told stands, -Dseed=%d", seed)
                    .extracting(SubjectVersion::subject)
                    .contains(answer.subject);
        }
    }
}
