package io.millstream.clients.suite;

import static io.millstream.clients.suite.Stock.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millstream.clients.ClientSuite;
import io.millstream.clients.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.DynamicTest;

/** Consumers that subscribe share the work, whoever comes and goes. */
public final class GroupSuite implements ClientSuite {

    private static final String ASSIGNOR = "partition.assignment.strategy";
    private static final String INSTANCE = "group.instance.id";

    private Stock stock;
    private Target target;

    @Override
    public List<DynamicTest> tests(Target against) {
        target = against;
        stock = new Stock(against);
        List<DynamicTest> tests = new ArrayList<>();
        for (Class<?> assignor : List.of(
                RangeAssignor.class, RoundRobinAssignor.class, StickyAssignor.class, CooperativeStickyAssignor.class)) {
            tests.add(dynamicTest("group: 1 -> 3 -> 1 with " + assignor.getSimpleName(), () -> grows(assignor)));
        }
        tests.add(dynamicTest("group: what is kept is not revoked (cooperative)", this::cooperates));
        tests.add(dynamicTest("group: a static member comes back to its partitions", this::staticMember));
        tests.add(dynamicTest("group: a second member of the same instance fences the first", this::fenced));
        tests.add(dynamicTest("group: topics by pattern", this::pattern));
        tests.add(dynamicTest("group: woken up while it waits", this::wakeup));
        tests.add(dynamicTest("group: the broker is started again under a member", this::restart));
        return tests;
    }

    @Override
    public void close() {
        stock.close();
    }

    private void grows(Class<?> assignor) {
        try (Crowd crowd = new Crowd(stock, "grows-" + assignor.getSimpleName())) {
            String[] settings = {ASSIGNOR, assignor.getName()};
            crowd.produce(60);
            crowd.enter(settings);
            crowd.pollUntilRead();
            crowd.commit();

            crowd.enter(settings);
            crowd.enter(settings);
            crowd.pollUntilShared();
            crowd.produce(60);
            crowd.pollUntilRead();
            crowd.commit();

            crowd.leave();
            crowd.leave();
            crowd.pollUntilShared();
            crowd.produce(60);
            crowd.pollUntilRead();
            assertThat(crowd.read()).containsExactlyInAnyOrderElementsOf(crowd.sent());
        }
    }

    private void cooperates() {
        try (Crowd crowd = new Crowd(stock, "cooperates")) {
            String[] settings = {ASSIGNOR, CooperativeStickyAssignor.class.getName()};
            Consumer<String, String> first = crowd.enter(settings);
            Set<TopicPartition> revoked = new HashSet<>();
            first.subscribe(List.of(crowd.topic()), remembering(revoked));
            crowd.pollUntilShared();

            crowd.enter(settings);
            crowd.pollUntilShared();

            assertThat(first.assignment()).hasSize(Crowd.PARTITIONS / 2);
            assertThat(revoked).hasSize(Crowd.PARTITIONS / 2).doesNotContainAnyElementsOf(first.assignment());
        }
    }

    private static ConsumerRebalanceListener remembering(Set<TopicPartition> revoked) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                revoked.addAll(partitions);
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                // only what goes is of interest
            }
        };
    }

    private void staticMember() {
        try (Crowd crowd = new Crowd(stock, "static");
                Admin admin = stock.admin()) {
            Consumer<String, String> one = crowd.enter(INSTANCE, "one");
            Set<TopicPartition> revoked = new HashSet<>();
            one.subscribe(List.of(crowd.topic()), remembering(revoked));
            Consumer<String, String> two = crowd.enter(INSTANCE, "two");
            crowd.pollUntilShared();
            Set<TopicPartition> had = two.assignment();
            revoked.clear();

            crowd.leave();
            Consumer<String, String> again = crowd.enter(INSTANCE, "two");
            crowd.pollUntilShared();
            assertThat(again.assignment()).isEqualTo(had);
            assertThat(revoked).as("nobody else noticed").isEmpty();

            crowd.leave();
            get(admin.removeMembersFromConsumerGroup(
                            crowd.group(),
                            new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("two"))))
                    .all());
            crowd.pollUntilShared();
            assertThat(one.assignment()).hasSize(Crowd.PARTITIONS);
        }
    }

    private void fenced() {
        // The commit is to be told, not a heartbeat before it: after that the client takes itself for just left out.
        String[] silent = {INSTANCE, "only", "session.timeout.ms", "60000", "heartbeat.interval.ms", "50000"};
        try (Crowd crowd = new Crowd(stock, "fenced");
                Consumer<String, String> first = crowd.consumer(silent)) {
            first.subscribe(List.of(crowd.topic()));
            crowd.produce(1);
            Stock.poll(first, 1);

            crowd.enter(INSTANCE, "only");
            crowd.pollUntilShared();

            assertThatThrownBy(first::commitSync).isInstanceOf(FencedInstanceIdException.class);
        }
    }

    private void pattern() {
        try (Crowd crowd = new Crowd(stock, "pattern");
                Consumer<String, String> consumer = crowd.consumer("metadata.max.age.ms", "100")) {
            String prefix = stock.name("by-pattern");
            String first = prefix + "-a";
            consumer.subscribe(Pattern.compile(Pattern.quote(prefix) + "-.*"));
            send(first);
            assertThat(Stock.poll(consumer, 1))
                    .allMatch(record -> record.topic().equals(first));
            consumer.commitSync();

            send(prefix + "-b"); // made while the consumer is there
            send("not-" + prefix + "-c");

            assertThat(Stock.poll(consumer, 1))
                    .allMatch(record -> record.topic().equals(prefix + "-b"));
            assertThat(consumer.subscription()).containsExactlyInAnyOrder(first, prefix + "-b");
        }
    }

    private void send(String topic) {
        stock.sendAt(topic, System.currentTimeMillis());
    }

    private void wakeup() {
        try (Crowd crowd = new Crowd(stock, "wakeup")) {
            Consumer<String, String> consumer = crowd.enter();
            crowd.pollUntilShared();

            CompletableFuture<Void> waker = CompletableFuture.runAsync(consumer::wakeup);
            assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(60))).isInstanceOf(WakeupException.class);

            waker.join();
            crowd.produce(6);
            crowd.pollUntilRead();
            assertThat(crowd.read()).containsExactlyInAnyOrderElementsOf(crowd.sent());
        }
    }

    /** Members are not remembered; whoever was one joins again by themselves, and reads on from what was committed. */
    private void restart() {
        try (Crowd crowd = new Crowd(stock, "restarted");
                Crowd away = new Crowd(stock, "restarted-without")) {
            away.enter();
            away.produce(60);
            away.pollUntilRead();
            away.commit();
            away.leave();
            Consumer<String, String> consumer = crowd.enter();
            crowd.produce(60);
            crowd.pollUntilRead();
            crowd.commit();

            target.restart().run();

            crowd.produce(60);
            // The one thing that may happen to an application is that a commit fails, as after any rebalance. Who has
            // joined again since goes on from what was committed, and reads, and commits, once more.
            crowd.pollUntil(() -> crowd.read().containsAll(crowd.sent()) && commits(consumer, 20));
            assertThat(crowd.read().subList(0, 60)).doesNotHaveDuplicates();
            assertThat(crowd.read().subList(60, crowd.read().size()))
                    .as("what was committed before is not read again")
                    .doesNotContainAnyElementsOf(crowd.sent().subList(0, 60));

            away.produce(6);
            away.enter();
            away.pollUntilRead();
            assertThat(away.read()).containsExactlyInAnyOrderElementsOf(away.sent());
        }
    }

    /** Whether all partitions are committed up to an offset. Who has just lost its own has nothing to commit, and hears no error. */
    private static boolean commits(Consumer<String, String> consumer, long offset) {
        try {
            consumer.commitSync();
        } catch (CommitFailedException rejoins) {
            return false;
        }
        Collection<OffsetAndMetadata> committed =
                consumer.committed(consumer.assignment()).values();
        return committed.size() == Crowd.PARTITIONS && committed.stream().allMatch(each -> each.offset() == offset);
    }
}
