package io.millstream.broker.server.handler;

import io.millstream.core.TopicName;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which of the topics that this broker does not serve yet are there nevertheless: a client that was told of a new topic by
 * one broker must not hear from another that there is none, since Kafka's admin client takes that for final.
 *
 * <p>ZooKeeper is asked for one lot of topics at a time; whoever comes meanwhile shares the next. Safe for use by several
 * threads.
 */
public final class UnseenTopics {

    /** Most topics asked for by one request; of the others only what this broker knows is said. */
    static final int MAX_ASKED = 100;

    private final Function<Collection<TopicName>, CompletableFuture<Set<TopicName>>> zooKeeper;
    private boolean asking;
    private Lot next = new Lot();

    private static final class Lot {
        final Set<TopicName> names = new LinkedHashSet<>();
        final CompletableFuture<Set<TopicName>> answer = new CompletableFuture<>();
    }

    /** @param zooKeeper tells which topics of some there are now */
    public UnseenTopics(Function<Collection<TopicName>, CompletableFuture<Set<TopicName>>> zooKeeper) {
        this.zooKeeper = zooKeeper;
    }

    /**
     * Those of {@code names} that exist, as far as it can be told: of more than {@value #MAX_ASKED} the first. Fails if
     * ZooKeeper cannot be asked.
     */
    CompletableFuture<Set<TopicName>> existing(Collection<TopicName> names) {
        Set<TopicName> asked = names.stream().limit(MAX_ASKED).collect(Collectors.toCollection(LinkedHashSet::new));
        if (asked.isEmpty()) {
            return CompletableFuture.completedFuture(Set.of());
        }
        CompletableFuture<Set<TopicName>> answer = join(asked);
        askNext();
        return answer.thenApply(there -> asked.stream().filter(there::contains).collect(Collectors.toSet()));
    }

    private synchronized CompletableFuture<Set<TopicName>> join(Set<TopicName> names) {
        next.names.addAll(names);
        return next.answer;
    }

    private void askNext() {
        Lot lot;
        synchronized (this) {
            if (asking || next.names.isEmpty()) {
                return;
            }
            asking = true;
            lot = next;
            next = new Lot();
        }
        CompletableFuture<?> unused = zooKeeper.apply(lot.names).whenComplete((there, failure) -> {
            synchronized (this) {
                asking = false;
            }
            if (failure == null) {
                lot.answer.complete(there);
            } else {
                lot.answer.completeExceptionally(failure);
            }
            askNext();
        });
    }
}
