package io.millstream.broker.server.handler;

import io.millstream.broker.group.Caller;
import io.millstream.broker.group.Groups;
import io.millstream.broker.group.OffsetToCommit;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.OffsetCommit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** Answers OffsetCommit, when the offsets are in ZooKeeper. Retention is the broker's, whatever old clients ask for. */
public final class OffsetCommitHandler implements Handler<OffsetCommit.Request> {

    private final Groups groups;

    public OffsetCommitHandler(Groups groups) {
        this.groups = groups;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, OffsetCommit.Request request) {
        Map<TopicPartition, OffsetToCommit> offsets = new TreeMap<>();
        for (ByTopic<OffsetCommit.Offset> topic : request.topics()) {
            for (OffsetCommit.Offset offset : topic.partitions()) {
                NamedPartitions.of(topic.topic(), offset.partition())
                        .ifPresent(partition -> offsets.put(
                                partition,
                                new OffsetToCommit(offset.offset(), offset.leaderEpoch(), offset.metadata())));
            }
        }
        Caller caller = new Caller(request.memberId(), request.instanceId(), request.generation());
        return groups.commit(request.groupId(), caller, offsets)
                .thenApply(committed -> new OffsetCommit.Response(
                        0,
                        PerPartition.answer(
                                request.topics(),
                                (topic, offset) -> new OffsetCommit.Committed(
                                        offset.partition(),
                                        NamedPartitions.of(topic, offset.partition())
                                                .map(committed::get)
                                                .orElse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)))));
    }
}
