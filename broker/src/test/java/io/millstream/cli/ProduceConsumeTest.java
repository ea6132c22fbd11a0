package io.millstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millstream.fixture.BrokerProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code produce}, {@code consume} and {@code schemas} as users run them, against a broker in another process. */
@Timeout(120)
final class ProduceConsumeTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLICK = "{\"type\":\"record\",\"name\":\"Click\",\"fields\":["
            + "{\"name\":\"user\",\"type\":\"long\"},"
            + "{\"name\":\"url\",\"type\":\"string\"},"
            + "{\"name\":\"referrer\",\"type\":[\"null\",\"string\"],\"default\":null}]}";

    @TempDir
    static Path directory;

    private static BrokerProcess dev;
    private static String registry;

    private record Result(int code, String out, String err) {
        Result printing(String text) {
            return new Result(code, text, err);
        }
    }

    @BeforeAll
    static void start() {
        dev = BrokerProcess.dev(directory.resolve("data"), "--set", "num.partitions=2");
        registry = "http://" + dev.http();
    }

    @AfterAll
    static void stop() {
        dev.close();
    }

    private static Result run(String input, String... args) {
        return run(input.getBytes(UTF_8), args);
    }

    private static Result run(byte[] input, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        return run(input, out, args).printing(out.toString(UTF_8));
    }

    private static Result run(byte[] input, OutputStream out, String... args) {
        StringWriter err = new StringWriter();
        InputStream in = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            int code = Millstream.run(out, new PrintWriter(err, true), args);
            return new Result(code, "", err.toString());
        } finally {
            System.setIn(in);
        }
    }

    private static Result produce(String input, String topic, String... more) {
        return run(input, with(List.of("produce", topic, "--create", "-b", dev.bootstrap(), "-r", registry), more));
    }

    private static Result consume(String topic, String... more) {
        return run("", with(List.of("consume", topic, "-e", "-b", dev.bootstrap(), "-r", registry), more));
    }

    private static Result schemas(String command, String... more) {
        return run("", with(List.of("schemas", command, "-r", registry), more));
    }

    private static String[] with(List<String> begin, String... more) {
        List<String> all = new java.util.ArrayList<>(begin);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static String ok(Result result) {
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        return result.out();
    }

    private static void assertFailed(Result result, String... parts) {
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err().lines()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("millstream: ")
                .contains(parts)
                .endsWith("."));
    }

    private static Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    void linesBecomeRecordsAndRecordsLines() {
        String lines =
                IntStream.range(0, 1000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());

        assertThat(ok(produce(lines, "words", "-p", "1", "-z", "lz4"))).isEmpty();

        assertThat(ok(consume("words"))).isEqualTo(lines);
        assertThat(ok(consume("words", "-p", "0"))).isEmpty();
        assertThat(ok(consume("words", "-p", "1", "-o", "-2"))).isEqualTo("line 998\nline 999\n");
        assertThat(ok(consume("words", "-p", "1", "-o", "5", "-n", "2"))).isEqualTo("line 5\nline 6\n");
        assertThat(ok(consume("words", "-o", "end"))).isEmpty();
        assertThat(ok(consume("words", "-p", "1", "-o", "999", "-f", "%t %p %o [%s] 100%%\\n")))
                .isEqualTo("words 1 999 [line 999] 100%\n");
    }

    @Test
    void withoutAnEndWhatComesLaterIsReadToo() {
        ok(produce("1\n2\n", "live", "-p", "0"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        CompletableFuture<Integer> reading = CompletableFuture.supplyAsync(() -> Millstream.run(
                out, new PrintWriter(err, true), "consume", "live", "-n", "4", "-b", dev.bootstrap(), "-r", registry));
        await().until(() -> reading.isDone() || out.toString(UTF_8).equals("1\n2\n"));

        ok(produce("3\n4\n", "live", "-p", "0"));

        assertThat(reading.join()).as(err.toString()).isZero();
        assertThat(out.toString(UTF_8)).isEqualTo("1\n2\n3\n4\n");
    }

    @Test
    void keysAndHeadersAreTakenApart() throws IOException {
        assertThat(ok(produce("a:1\nb:2:3\n", "keyed", "-k", ":", "-H", "from=test", "-H", "empty=")))
                .isEmpty();

        List<JsonNode> records = ok(consume("keyed", "--json"))
                .lines()
                .map(ProduceConsumeTest::tree)
                .toList();

        assertThat(records).extracting(each -> each.get("key").asText()).containsExactlyInAnyOrder("a", "b");
        assertThat(records).extracting(each -> each.get("value").asText()).containsExactlyInAnyOrder("1", "2:3");
        JsonNode one = records.get(0);
        assertThat(one.get("topic").asText()).isEqualTo("keyed");
        assertThat(one.get("offset").isIntegralNumber()).isTrue();
        assertThat(one.get("timestamp").asLong()).isPositive();
        assertThat(one.get("headers"))
                .hasToString("[{\"key\":\"from\",\"value\":\"test\"},{\"key\":\"empty\",\"value\":\"\"}]");
        assertFailed(produce("c:1\nnothing\n", "keyed", "-k", ":"), "Line 2", "':' is missing", "1 records were");
    }

    private static JsonNode tree(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void jsonBecomesAvroAndAvroJson() throws IOException {
        Path schema = file("click.avsc", CLICK);
        String lines = "{\"user\":1,\"url\":\"/\"}\n\n{\"referrer\":\"/\",\"url\":\"/b\",\"user\":2}\n";

        assertThat(ok(produce(lines, "clicks", "-p", "0", "--schema", schema.toString())))
                .isEmpty();

        assertThat(ok(consume("clicks")).lines())
                .containsExactly(
                        "{\"user\":1,\"url\":\"/\",\"referrer\":null}",
                        "{\"user\":2,\"url\":\"/b\",\"referrer\":\"/\"}");
        JsonNode record = tree(ok(consume("clicks", "--json", "-n", "1")));
        assertThat(record.get("value").get("user").asInt()).isEqualTo(1);
        assertThat(stock("clicks").get(0).value())
                .as("as Kafka's consumer sees it")
                .startsWith(0, 0, 0, 0)
                .hasSize(5 + HexFormat.of().parseHex("02022f00").length);
        assertThat(ok(consume("clicks", "--raw", "-n", "1")))
                .startsWith("\0\0\0\0")
                .endsWith("\n");
        assertThat(ok(produce("{\"user\":3,\"url\":\"/c\"}\n", "clicks", "-p", "0", "-s", "clicks-value@1")))
                .isEmpty();
        assertThat(ok(consume("clicks", "-o", "2", "-p", "0"))).startsWith("{\"user\":3");
    }

    @Test
    void aLineThatIsNoValueIsNamedWithItsField() throws IOException {
        Path schema = file("named.avsc", CLICK);
        String[] options = {"--schema", schema.toString()};
        String good = "{\"user\":1,\"url\":\"/\"}\n";

        assertFailed(
                produce(good + "{\"user\":\"x\",\"url\":\"/\"}\n", "bad", options),
                "Line 2: field user is \"x\", not long",
                "1 records were acknowledged");
        assertFailed(produce("{\"user\":1}\n", "bad", options), "Line 1: field url is missing and has no default");
        assertFailed(
                produce("{\"user\":1,\"url\":\"/\",\"more\":1}\n", "bad", options), "field more is no field of Click");
        assertFailed(produce("{\"user\":1,\n", "bad", options), "Line 1: not JSON at character");
        assertFailed(produce("{\"user\":1,\"url\":2}\n", "bad", options), "field url is 2, not string");
        assertFailed(produce("{\"user\":1.5,\"url\":\"\"}\n", "bad", options), "field user is 1.5, not long");
        byte[] latin =
                (good + "{\"user\":1,\"url\":\"\u00e9\"}\n").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        assertFailed(
                run(latin, "produce", "bad", "-b", dev.bootstrap(), "-r", registry, "-s", schema.toString()),
                "Line 2: not UTF-8 at byte 18",
                "1 records were acknowledged");
        assertThat(ok(consume("bad"))).hasLineCount(2);
    }

    @Test
    void severalKindsOfRecordsInOneTopicAreWrittenByTheirUnion() throws IOException {
        String kind = "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}";
        Path kinds = file("kinds.avsc", "[\"null\"," + String.format(kind, "A") + "," + String.format(kind, "B") + "]");
        String lines = "{\"A\":{\"n\":1}}\n{\"B\":{\"n\":2}}\nnull\n";

        ok(produce(lines, "kinds", "-p", "0", "-s", kinds.toString()));
        ok(produce("{\"B\":{\"n\":3}}\n", "kinds", "-p", "0", "-s", "kinds-value@1"));

        assertThat(ok(consume("kinds"))).isEqualTo(lines + "{\"B\":{\"n\":3}}\n");
        assertThat(stock("kinds")).allSatisfy(each -> assertThat(each.value()).isNotNull());
        assertThat(ok(schemas("list", "kinds-value"))).isEqualTo("1\n");
    }

    @Test
    void whatIsNoAvroIsPrintedAsItIsAndWhatCannotBeDecodedIsNamed() throws Exception {
        ok(produce("text\n", "mixed", "-p", "0"));
        Path schema = file("mixed.avsc", CLICK);
        ok(produce("{\"user\":1,\"url\":\"/\"}\n", "mixed", "-p", "0", "-s", schema.toString()));
        byte[] avro = stock("mixed").get(1).value();
        byte[] unknown = HexFormat.of().parseHex("00000fffff41");
        byte[] damaged = java.util.Arrays.copyOf(avro, avro.length + 1);
        send("mixed", unknown);
        send("mixed", damaged);

        assertThat(ok(consume("mixed", "-n", "3")))
                .startsWith("text\n{\"user\":1")
                .hasLineCount(3);
        assertFailed(
                consume("mixed"),
                "Topic mixed, partition 0, offset 3: the value cannot be decoded: 1 bytes are left",
                "--raw");
        assertThat(ok(consume("mixed", "--raw"))).hasLineCount(4);
        assertFailed(
                run("", "consume", "mixed", "-e", "-b", dev.bootstrap(), "-r", "http://127.0.0.1:1"),
                "offset 1 looks like Avro: Schema registry http://127.0.0.1:1",
                "--registry");
        assertThat(ok(run("", "consume", "mixed", "-n", "1", "-b", dev.bootstrap(), "-r", "http://127.0.0.1:1")))
                .as("nobody asks for schemas of what is no Avro")
                .isEqualTo("text\n");
    }

    @Test
    void bytesComeOutAsTheyWentIn() throws Exception {
        ok(produce("x\n", "bytes", "-p", "0"));
        send("bytes", new byte[] {(byte) 0xff, (byte) 0xfe});
        send("bytes", null);

        List<String> lines = ok(consume("bytes", "--json")).lines().toList();

        assertThat(tree(lines.get(1)).get("value_base64").asText()).isEqualTo("//4=");
        assertThat(tree(lines.get(2)).get("value").isNull()).isTrue();
    }

    @Test
    void recordsThatCannotBePrintedAreNotTakenForPrinted() {
        ok(produce("a line\n".repeat(100), "unprinted", "-p", "0"));
        for (String why : List.of("No space left on device", "Broken pipe")) {
            for (String how : List.of("-e", "-n 1", "-n 100")) {
                int[] room = {3};
                OutputStream small = new OutputStream() {
                    @Override
                    public void write(int value) throws IOException {
                        if (room[0]-- <= 0) {
                            throw new IOException(why);
                        }
                    }
                };
                String[] options = (how + " -b " + dev.bootstrap() + " -r " + registry).split(" ", -1);

                Result result = run(new byte[0], small, with(List.of("consume", "unprinted"), options));

                if (why.equals("Broken pipe")) {
                    assertThat(ok(result)).isEmpty();
                } else {
                    assertFailed(result, "Cannot write to standard output (No space left on device)");
                }
            }
        }
    }

    /** As retention does, or a deletion, while somebody slow reads. */
    @Test
    void whatIsDeletedBeforeItIsReadIsSaidAndTheRestIsRead() {
        ok(produce(
                IntStream.range(0, 10_100).mapToObj(i -> i + "\n").collect(Collectors.joining()),
                "shrinking",
                "-p",
                "0"));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int value) {
                printed.write(value);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                if (printed.size() == 0) {
                    deleteBefore("shrinking", 10_050);
                }
                printed.write(bytes, from, length);
            }
        };

        Result result =
                run(new byte[0], slow, "consume", "shrinking", "-e", "-p", "0", "-b", dev.bootstrap(), "-r", registry);

        assertThat(result.code()).isZero();
        assertThat(result.err())
                .isEqualTo("millstream: Partition shrinking-0: offsets 10000 to 10049 were deleted before they were "
                        + "read; going on at 10050.\n");
        assertThat(printed.toString(UTF_8))
                .startsWith("0\n1\n")
                .contains("\n9999\n10050\n")
                .endsWith("\n10099\n");
    }

    private static void deleteBefore(String topic, long offset) {
        try (org.apache.kafka.clients.admin.Admin admin =
                org.apache.kafka.clients.admin.Admin.create(Map.of("bootstrap.servers", dev.bootstrap()))) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertFailed(consume("missing"), "Topic missing does not exist");
        assertFailed(
                run("x\n", "produce", "missing", "-b", dev.bootstrap()), "Topic missing does not exist", "--create");
        ok(produce("", "few"));
        assertFailed(consume("few", "-p", "7"), "Topic few has no partition 7", "0 to 1");
        assertFailed(produce("x\n", "few", "-s", "no-such-subject"), "There is no subject 'no-such-subject'");
        for (String wrong : List.of(
                "consume few -o middle",
                "consume few -n 0",
                "consume few --json -f %s",
                "consume a/b",
                "consume few -b nowhere",
                "produce few -z brotli",
                "produce few -H x",
                "produce few --acks 1",
                "produce few -s -",
                "produce few -k ", // an empty one
                "produce few -s s@0 -b " + dev.bootstrap(),
                "schemas diff s 0 2",
                "schemas register s no.avsc --reference N=s@0",
                "schemas",
                "schemas get",
                "schemas list -r nowhere",
                "schemas config --unset",
                "schemas get a@0")) {
            Result result = run("", wrong.split(" ", -1));
            assertThat(result.code()).as(wrong).isEqualTo(2);
            assertThat(result.err().lines()).as(wrong).singleElement().satisfies(line -> assertThat(line)
                    .startsWith("millstream: ")
                    .endsWith("--help."));
        }
    }

    @Test
    void schemasAreListedChangedAndChecked() throws IOException {
        Path one = file("one.avsc", CLICK);
        Path two = file("two.avsc", CLICK.replace("\"name\":\"url\"", "\"aliases\":[\"url\"],\"name\":\"page\""));
        Path three = file("three.avsc", CLICK.replace("\"type\":\"long\"", "\"type\":\"string\""));
        String id = ok(schemas("register", "s-value", one.toString())).strip();

        assertThat(ok(schemas("register", "s-value", one.toString()))).isEqualTo(id + "\n");
        assertThat(ok(schemas("list"))).contains("s-value\n");
        assertThat(ok(schemas("check", "s-value", two.toString()))).isEqualTo("compatible\n");
        Result refused = schemas("check", "s-value", three.toString());
        assertFailed(refused, "Subject s-value would refuse this schema for 1 reason");
        assertThat(refused.out()).contains("user");
        assertFailed(schemas("register", "s-value", three.toString()), "user");
        assertThat(tree(ok(schemas("register", "s-value", two.toString(), "--json")))
                        .get("version")
                        .asInt())
                .isEqualTo(2);
        assertThat(ok(schemas("list", "s-value"))).isEqualTo("1\n2\n");
        assertThat(ok(schemas("get", "s-value"))).contains("\"page\"");
        assertThat(tree(ok(schemas("get", "s-value@1")))).isEqualTo(tree(CLICK));
        JsonNode got = tree(ok(schemas("get", "s-value@1", "--json")));
        assertThat(got.get("id")).hasToString(id);
        assertThat(tree(ok(schemas("get", "--id", id)))).isEqualTo(tree(CLICK));
        assertFailed(schemas("get", "s-value@9"), "Subject 's-value' has no version 9", "schemas list");
        assertThat(ok(schemas("diff", "s-value", "1", "2"))).contains("page");
        assertThat(ok(schemas("diff", "s-value", two.toString()))).isEmpty();
        assertThat(tree(ok(schemas("diff", "s-value", "1", three.toString(), "--json")))
                        .get("differences")
                        .get(0)
                        .asText())
                .contains("user");
        assertThat(ok(schemas("delete", "s-value@1"))).isEqualTo("1\n");
        assertThat(ok(schemas("list", "s-value"))).isEqualTo("2\n");
        assertThat(ok(schemas("list", "s-value", "--deleted", "--json")))
                .isEqualTo("{\"subject\":\"s-value\",\"versions\":[1,2]}\n");
        assertThat(ok(schemas("delete", "s-value", "--json")))
                .isEqualTo("{\"subject\":\"s-value\",\"versions\":[2]}\n");
        assertThat(ok(schemas("delete", "s-value", "--permanent"))).isEqualTo("1\n2\n");
    }

    @Test
    void levelsAreShownAndSet() {
        assertThat(ok(schemas("config"))).isEqualTo("BACKWARD\n");
        assertThat(ok(schemas("config", "c-value", "--set", "FULL"))).isEqualTo("FULL\n");
        assertThat(ok(schemas("config", "c-value", "--json")))
                .isEqualTo("{\"subject\":\"c-value\",\"compatibility\":\"FULL\"}\n");
        assertThat(ok(schemas("config", "c-value", "--unset"))).isEqualTo("BACKWARD\n");
    }

    @Test
    void typesOfOtherSubjectsAreFoundByReference() throws IOException {
        Path item = file(
                "item.avsc", "{\"type\":\"record\",\"name\":\"Item\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}");
        Path order = file(
                "order.avsc",
                "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"item\",\"type\":\"Item\"}]}");
        ok(schemas("register", "item", item.toString()));
        ok(schemas("register", "orders-value", order.toString(), "--reference", "Item=item@1"));

        ok(produce("{\"item\":{\"n\":3}}\n", "orders", "-s", "orders-value"));

        assertThat(ok(consume("orders"))).isEqualTo("{\"item\":{\"n\":3}}\n");
    }

    private static void send(String topic, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", dev.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> stock(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", dev.bootstrap(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<ConsumerRecord<byte[], byte[]>> records = new java.util.ArrayList<>();
            while (records.isEmpty()) {
                consumer.poll(java.time.Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }
}
