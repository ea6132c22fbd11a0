package io.millstream.broker;

import io.millstream.broker.replica.LeadCheck;
import io.millstream.broker.replica.Partition;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads in ZooKeeper who leads; a broker that hears that it is another resigns. One question of each partition is under way
 * at a time, those that come meanwhile share the next one. Lives on a loop.
 */
final class LeadReader implements LeadCheck {

    private static final Logger log = LoggerFactory.getLogger(LeadReader.class);

    private final int broker;
    private final Coordination coordination;
    private final Loop loop;

    /** Partitions about which a question is under way, with those who wait for the next. On the loop. */
    private final Map<TopicPartition, List<CompletableFuture<Optional<PartitionState>>>> waiting = new HashMap<>();

    LeadReader(int broker, Coordination coordination, Loop loop) {
        this.broker = broker;
        this.coordination = coordination;
        this.loop = loop;
    }

    @Override
    public CompletableFuture<Boolean> stillLeads(Partition partition, int epoch) {
        CompletableFuture<Optional<PartitionState>> state = new CompletableFuture<>();
        try {
            loop.execute(() -> ask(partition.id(), state));
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: who leads {} is not asked", partition.id(), closed);
            state.complete(Optional.empty());
        }
        return state.handle((read, failure) -> {
            if (failure != null) {
                log.info("Who leads {} cannot be found out: {}", partition.id(), failure.getMessage());
                return false;
            }
            boolean leads = read.filter(now -> now.leader() == broker && now.leaderEpoch() == epoch)
                    .isPresent();
            if (read.isPresent() && !leads) {
                partition.resign(epoch);
            }
            return leads;
        });
    }

    private void ask(TopicPartition id, CompletableFuture<Optional<PartitionState>> asks) {
        List<CompletableFuture<Optional<PartitionState>>> next = waiting.get(id);
        if (next != null) {
            next.add(asks);
            return;
        }
        waiting.put(id, new ArrayList<>());
        read(id, List.of(asks));
    }

    private void read(TopicPartition id, List<CompletableFuture<Optional<PartitionState>>> asking) {
        String path = Paths.partitionState(id);
        CompletableFuture<?> unused = coordination
                .sync()
                .thenCompose(done -> coordination.read(path))
                .thenApply(read -> read.map(raw -> Document.read(raw.value(), PartitionState.class, path)))
                .whenCompleteAsync(
                        (read, failure) -> {
                            List<CompletableFuture<Optional<PartitionState>>> next = waiting.remove(id);
                            if (!next.isEmpty()) {
                                waiting.put(id, new ArrayList<>());
                                read(id, next);
                            }
                            asking.forEach(each -> {
                                if (failure == null) {
                                    each.complete(read);
                                } else {
                                    each.completeExceptionally(failure);
                                }
                            });
                        },
                        loop);
    }
}
