package io.millstream.clients.suite;

import static io.millstream.clients.suite.Stock.failure;
import static io.millstream.clients.suite.Stock.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millstream.clients.ClientSuite;
import io.millstream.clients.Target;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.junit.jupiter.api.DynamicTest;

/** What an administrator sees of groups, and may do to them. */
public final class GroupAdminSuite implements ClientSuite {

    private Stock stock;
    private Target target;

    @Override
    public List<DynamicTest> tests(Target against) {
        target = against;
        stock = new Stock(against);
        return List.of(
                dynamicTest("groups: list and describe", this::describes),
                dynamicTest("groups: one that is read by may not be changed", this::inUse),
                dynamicTest("groups: alter and delete offsets", this::offsets),
                dynamicTest("groups: delete", this::deletes));
    }

    @Override
    public void close() {
        stock.close();
    }

    private static ConsumerGroupDescription describe(Admin admin, String group) {
        return get(
                admin.describeConsumerGroups(List.of(group)).describedGroups().get(group));
    }

    /** Its type changed from version to version; its name did not. */
    private static String state(Admin admin, String group) {
        return Renamed.call(describe(admin, group), "groupState", "state").toString();
    }

    @SuppressWarnings("unchecked") // nothing is asked of the listings but their ids
    private static List<Object> listed(Admin admin) {
        Object result = Renamed.call(admin, "listConsumerGroups");
        return get((Future<Collection<Object>>) Renamed.call(result, "all")).stream()
                .map(listing -> Renamed.call(listing, "groupId"))
                .toList();
    }

    private void describes() {
        try (Crowd crowd = new Crowd(stock, "described");
                Admin admin = stock.admin()) {
            crowd.enter("client.id", "one", "group.instance.id", "instance");
            crowd.enter("client.id", "two");
            crowd.pollUntilShared();

            assertThat(listed(admin)).contains(crowd.group());
            ConsumerGroupDescription description = describe(admin, crowd.group());
            assertThat(state(admin, crowd.group())).isEqualTo("Stable");
            assertThat(description.partitionAssignor()).isEqualTo("range");
            assertThat(description.isSimpleConsumerGroup()).isFalse();
            assertThat(description.coordinator().id()).isEqualTo(1);
            assertThat(description.members())
                    .allMatch(member -> member.host().equals("/127.0.0.1"))
                    .allMatch(member -> member.assignment().topicPartitions().size() == Crowd.PARTITIONS / 2)
                    .extracting(member ->
                            member.clientId() + member.groupInstanceId().orElse(""))
                    .containsExactlyInAnyOrder("oneinstance", "two");
        }
    }

    private void inUse() {
        try (Crowd crowd = new Crowd(stock, "in-use");
                Admin admin = stock.admin()) {
            TopicPartition partition = new TopicPartition(crowd.topic(), 0);
            crowd.enter();
            crowd.produce(6);
            crowd.pollUntilRead();
            crowd.commit();

            assertThat(failure(
                            admin.deleteConsumerGroups(List.of(crowd.group())).all()))
                    .isInstanceOf(GroupNotEmptyException.class);
            assertThat(failure(admin.deleteConsumerGroupOffsets(crowd.group(), Set.of(partition))
                            .partitionResult(partition)))
                    .isInstanceOf(GroupSubscribedToTopicException.class);
            if (canAlter()) {
                assertThat(failure(admin.alterConsumerGroupOffsets(
                                        crowd.group(), Map.of(partition, new OffsetAndMetadata(0)))
                                .all()))
                        .isInstanceOf(UnknownMemberIdException.class);
            }
            assertThat(committed(admin, crowd.group())).hasSize(Crowd.PARTITIONS);
        }
    }

    /** Came with 2.5. */
    private boolean canAlter() {
        return !target.version().startsWith("2.4.");
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin, String group) {
        return get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    }

    private void offsets() {
        try (Crowd crowd = new Crowd(stock, "altered");
                Admin admin = stock.admin()) {
            TopicPartition partition = new TopicPartition(crowd.topic(), 0);
            crowd.produce(60);
            crowd.enter();
            crowd.pollUntilRead();
            crowd.commit();
            crowd.leave();
            assertThat(state(admin, crowd.group())).isEqualTo("Empty");
            assertThat(committed(admin, crowd.group()))
                    .hasSize(Crowd.PARTITIONS)
                    .allSatisfy(
                            (each, committed) -> assertThat(committed.offset()).isEqualTo(10));

            if (canAlter()) {
                OffsetAndMetadata back = new OffsetAndMetadata(8, "put back");
                get(admin.alterConsumerGroupOffsets(crowd.group(), Map.of(partition, back))
                        .all());
                assertThat(committed(admin, crowd.group())).containsEntry(partition, back);
                Consumer<String, String> consumer = crowd.enter();
                crowd.pollUntil(() -> crowd.read().size() == 62);
                assertThat(consumer.position(partition)).isEqualTo(10);
                crowd.leave();
            }
            get(admin.deleteConsumerGroupOffsets(crowd.group(), Set.of(partition))
                    .all());
            assertThat(committed(admin, crowd.group()))
                    .hasSize(Crowd.PARTITIONS - 1)
                    .doesNotContainKey(partition);
        }
    }

    private void deletes() {
        try (Crowd crowd = new Crowd(stock, "deleted");
                Admin admin = stock.admin()) {
            crowd.enter();
            crowd.pollUntilShared();
            crowd.commit();
            crowd.leave();

            get(admin.deleteConsumerGroups(List.of(crowd.group())).all());
            assertThat(listed(admin)).doesNotContain(crowd.group());
            assertThat(committed(admin, crowd.group())).isEmpty();
            assertThat(failure(
                            admin.deleteConsumerGroups(List.of(crowd.group())).all()))
                    .isInstanceOf(GroupIdNotFoundException.class);
        }
    }
}
