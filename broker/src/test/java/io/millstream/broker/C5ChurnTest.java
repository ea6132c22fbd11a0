package io.millstream.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.server.RawClient;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ShardCount;
import io.millstream.wire.message.FindCoordinator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * C5: a group whose members come, leave and vanish all the time: no partition has two owners in one generation, and once
 * the group is left alone each partition has one. {@code -Dmembers=N}: so many (50 with the profile of the long tests),
 * {@code -Dseed=N} repeats what was decided by chance.
 */
final class C5ChurnTest {

    private static final int MEMBERS = Integer.getInteger("members", Boolean.getBoolean("nemesis.all") ? 50 : 6);
    private static final int PARTITIONS = 2 * MEMBERS;
    private static final int CHANGES = 2 * MEMBERS;
    private static final String TOPIC = "churned";

    @TempDir
    static Path directory;

    private static Fleet fleet;

    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);

    @BeforeAll
    static void start() throws IOException {
        fleet = new Fleet(directory, 3, "group.min.session.timeout.ms", "1000");
        fleet.create(TOPIC, PARTITIONS, 3);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    /** By the coordinator's fence, the generation, and the partition. */
    private final Map<List<Object>, String> owners = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<String> findings = new ConcurrentLinkedQueue<>();
    private final Random random = new Random(SEED);
    private final List<Member> members = new ArrayList<>();
    private int joined;

    private record Held(int generation, Set<TopicPartition> partitions) {}

    /** A consumer and its thread. */
    private final class Member implements Runnable, ConsumerRebalanceListener {

        private final String group;
        private final String name;
        private final KafkaConsumer<String, String> consumer;
        private final Thread thread;
        private volatile boolean leaving;
        private volatile Held held = new Held(-1, Set.of());

        /** @param stays after its close, until its session ends: a static member does not say that it goes */
        Member(String assignor, String name, boolean stays) {
            group = assignor;
            this.name = name;
            Map<String, Object> settings = new HashMap<>(Map.of(
                    "bootstrap.servers",
                    fleet.bootstrap(),
                    "group.id",
                    assignor,
                    "client.id",
                    name,
                    "session.timeout.ms",
                    "3000",
                    "heartbeat.interval.ms",
                    "300",
                    "partition.assignment.strategy",
                    assignor));
            if (stays) {
                settings.put("group.instance.id", name);
            }
            consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
            thread = new Thread(this, name);
            thread.start();
        }

        @Override
        public void run() {
            try (consumer) {
                consumer.subscribe(List.of(TOPIC), this);
                while (!leaving) {
                    consumer.poll(Duration.ofMillis(50));
                    held = new Held(consumer.groupMetadata().generationId(), Set.copyOf(consumer.assignment()));
                }
            } catch (RuntimeException e) {
                findings.add(name + " failed: " + e);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        /** An owner is who may commit: who hears of its partitions late does not own them any more. */
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            int fence = fence(group);
            int generation = consumer.groupMetadata().generationId();
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            consumer.assignment().forEach(each -> offsets.put(each, new OffsetAndMetadata(0)));
            try {
                consumer.commitSync(offsets, Duration.ofSeconds(5));
            } catch (KafkaException late) {
                return;
            }
            if (fence(group) == fence) {
                offsets.keySet().forEach(partition -> claim(fence, generation, partition, name));
            }
        }

        void leave() {
            leaving = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError("Nobody interrupts tests", e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.kafka.clients.consumer.RangeAssignor",
                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"
            })
    void c5_aGroupThatChangesAllTheTimeSettles(String assignor) {
        try {
            churn(assignor);
            settle();

            // when its coordinator goes
            int gone = coordinator(assignor);
            fleet.stop(gone);
            churn(assignor);

            // then
            settle();
            fleet.start(gone);
        } finally {
            members.forEach(Member::leave);
        }
        assertThat(owners).isNotEmpty();
        assertThat(findings).as("-Dseed=%d", SEED).isEmpty();
    }

    private void churn(String assignor) {
        for (int change = 0; change < CHANGES; change++) {
            if (members.size() < MEMBERS / 2 || (members.size() < MEMBERS && random.nextBoolean())) {
                members.add(new Member(assignor, "member-" + joined++, random.nextInt(4) == 0));
            } else {
                members.remove(random.nextInt(members.size())).leave();
            }
        }
        while (members.size() < MEMBERS) {
            members.add(new Member(assignor, "member-" + joined++, false));
        }
    }

    /** Every partition has one owner, and all members are of one generation. */
    private void settle() {
        Set<TopicPartition> all = IntStream.range(0, PARTITIONS)
                .mapToObj(each -> new TopicPartition(TOPIC, each))
                .collect(Collectors.toSet());
        Fleet.eventually(() -> {
            List<Held> now = members.stream().map(member -> member.held).toList();
            assertThat(now.stream().map(Held::generation).distinct())
                    .as("-Dseed=%d", SEED)
                    .hasSize(1);
            List<TopicPartition> owned =
                    now.stream().flatMap(held -> held.partitions.stream()).toList();
            assertThat(owned).hasSize(PARTITIONS);
            assertThat(new HashSet<>(owned)).isEqualTo(all);
            assertThat(now).allSatisfy(held -> assertThat(held.partitions).hasSize(PARTITIONS / MEMBERS));
        });
    }

    private void claim(int fence, int generation, TopicPartition partition, String name) {
        String other = owners.putIfAbsent(List.of(fence, generation, partition), name);
        if (other != null && !other.equals(name)) {
            findings.add(partition + " has two owners in generation " + generation + ": " + other + ", " + name);
        }
    }

    /** Another number with each coordinator of the group, which counts generations from the start. */
    private static int fence(String group) {
        int shards = fleet.read(Paths.COORDINATORS, ShardCount.class).shards();
        String path = Paths.coordinator(Math.floorMod(group.hashCode(), shards));
        return Coordination.await(fleet.coordination().read(path)).orElseThrow().version();
    }

    private static int coordinator(String group) {
        try (RawClient client = RawClient.connect(fleet.broker(1).endpoint().port())) {
            return client.ask(
                            new FindCoordinator.Request(FindCoordinator.GROUP, List.of(group)),
                            FindCoordinator.Response.class)
                    .coordinators()
                    .get(0)
                    .node();
        }
    }
}
