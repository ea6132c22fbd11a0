package io.millstream.broker.controller;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for election whenever the cluster has no controller, and, elected, changes the cluster: elects leaders, creates,
 * grows and deletes topics, clears what a controller before it left half done. One thing at a time; after each it reads what it
 * touched before it decides again.
 *
 * <p>Lives on the loop of its {@link ClusterWatch} and never blocks it. {@link #create}, {@link #delete} and
 * {@link #isActive} may be called from any thread; what they return completes on the loop.
 */
public final class Controller {

    private static final Logger log = LoggerFactory.getLogger(Controller.class);
    private static final int MAX_COMMANDS = 10_000;
    private static final int MAX_TRIES = 5;
    private static final long RETRY_MILLIS = 100;

    private final Coordination coordination;
    private final ClusterWatch watch;
    private final Loop loop;
    private final int broker;
    private final Entropy entropy;
    private final Queue<Command<?>> commands = new ArrayDeque<>();

    private volatile Optional<Tenure> tenure = Optional.empty();
    private long deadSession;
    private boolean busy;

    /** @param broker the id this broker is registered under */
    public Controller(ClusterWatch watch, int broker, Entropy entropy) {
        this.coordination = watch.coordination();
        this.watch = watch;
        this.loop = watch.loop();
        this.broker = broker;
        this.entropy = entropy;
        watch.onChange(state -> step());
    }

    /** Whether this broker is the controller, as far as it knows: only the fence of each write makes sure. */
    public boolean isActive() {
        return tenure.isPresent();
    }

    /** Says that the process which owned {@code session} is dead: if it was the controller, it need not be waited for. */
    public void succeed(long session) {
        loop.execute(() -> {
            deadSession = session;
            step();
        });
    }

    /** Creates a topic. */
    public CompletableFuture<Outcome<ClusterState.Topic>> create(NewTopic topic) {
        return submit(new Change.Creation(topic, start()));
    }

    /** Says whether and how a topic would be created: partition to broker ids, the preferred leader first. */
    public Outcome<SortedMap<Integer, List<Integer>>> check(NewTopic topic) {
        return Placement.of(watch.state(), topic, start());
    }

    /** Gives a topic more partitions; the value is the topic that has them. */
    public CompletableFuture<Outcome<ClusterState.Topic>> create(NewPartitions partitions) {
        return submit(new Change.Expansion(partitions, start()));
    }

    /** Says whether a topic could be given these partitions, and how: their numbers to broker ids. */
    public Outcome<SortedMap<Integer, List<Integer>>> check(NewPartitions partitions) {
        return Growth.placement(watch.state(), partitions, start());
    }

    private int start() {
        return entropy.nextInt(Integer.MAX_VALUE);
    }

    /** Deletes a topic; the value is the id it had. */
    public CompletableFuture<Outcome<UUID>> delete(TopicName topic) {
        return submit(new Change.Removal(topic));
    }

    private <T> CompletableFuture<Outcome<T>> submit(Change<T> change) {
        Command<T> command = new Command<>(change);
        try {
            loop.execute(() -> {
                if (commands.size() >= MAX_COMMANDS) {
                    command.refuse(Reason.UNAVAILABLE, "The controller has too much to do; ask again");
                } else {
                    commands.add(command);
                    step();
                }
            });
        } catch (RejectedExecutionException closed) {
            command.refuse(Reason.UNAVAILABLE, "The controller is stopping; ask another broker");
        }
        return command.result;
    }

    /** Begins the next thing that is to be done, unless something is being done. */
    private void step() {
        loop.assertOwned();
        if (busy) {
            return;
        }
        ClusterState cluster = watch.state();
        if (tenure.isPresent() && !isOurs(cluster.controller())) {
            resign("its session is over");
        }
        if (tenure.isEmpty()) {
            refuseCommands();
            stand(cluster);
            return;
        }
        Optional<Decision> housekeeping = Topics.clear(cluster).or(() -> Elections.due(cluster));
        if (housekeeping.isPresent()) {
            perform(housekeeping.get());
        } else if (!commands.isEmpty()) {
            commands.peek().attempt(cluster);
        }
    }

    private void stand(ClusterState cluster) {
        boolean vacant = cluster.controller().isEmpty()
                || isOurs(cluster.controller())
                || cluster.controller().get().ephemeralOwner() == deadSession;
        if (!vacant || !isOurs(Optional.ofNullable(cluster.brokers().get(broker)))) {
            return;
        }
        busy = true;
        CompletableFuture<?> unused = Tenure.elect(coordination, broker, deadSession)
                .whenCompleteAsync(
                        (elected, failure) -> {
                            if (failure != null) {
                                log.warn("Standing for election as controller failed; trying again", failure);
                                loop.schedule(this::goOn, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                                return;
                            }
                            tenure = elected;
                            elected.ifPresent(won -> log.info(
                                    "Elected controller, term {}", won.term().epoch()));
                            reread(List.of(new Part.Controlling()));
                        },
                        loop);
    }

    private boolean isOurs(Optional<? extends Versioned<?>> ephemeral) {
        return ephemeral.isPresent() && ephemeral.get().ephemeralOwner() == coordination.sessionId();
    }

    private void resign(String why) {
        log.info("No longer the controller: {}", why);
        tenure = Optional.empty();
    }

    private void refuseCommands() {
        while (!commands.isEmpty()) {
            commands.remove().refuse(Reason.NOT_CONTROLLER, "This broker is not the controller");
        }
    }

    /** Commits {@code decision}, reads what it touched, and goes on. */
    private void perform(Decision decision) {
        busy = true;
        CompletableFuture<?> unused = commit(decision, tenure.orElseThrow(), 0)
                .whenCompleteAsync(
                        (committed, failure) -> {
                            if (failure == null) {
                                log.info("Done: {}", decision.what());
                                reread(decision.touched());
                            } else {
                                log.info(
                                        "Not done, or not known to be done: {} ({})",
                                        decision.what(),
                                        failure.getMessage());
                                loop.schedule(this::checkTenure, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                            }
                        },
                        loop);
    }

    private CompletableFuture<Void> commit(Decision decision, Tenure guard, int from) {
        if (from == decision.multis().size()) {
            return CompletableFuture.completedFuture(null);
        }
        return coordination
                .commit(guard.guard(decision.multis().get(from)))
                .thenCompose(done -> commit(decision, guard, from + 1));
    }

    /** After a failed write: was it because another broker was elected? Then reads all again and goes on. */
    private void checkTenure() {
        CompletableFuture<?> unused = coordination
                .sync()
                .thenCompose(done -> coordination.read(Paths.CONTROLLER_EPOCH))
                .whenCompleteAsync(
                        (epoch, failure) -> {
                            if (failure != null) {
                                loop.schedule(this::checkTenure, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                                return;
                            }
                            int version = epoch.map(Versioned::version).orElse(-1);
                            if (tenure.isPresent() && tenure.get().version() != version) {
                                resign("another broker was elected");
                            }
                            reread(List.of(new Part.Everything()));
                        },
                        loop);
    }

    private void reread(List<Part> parts) {
        CompletableFuture<?> unused = watch.reread(parts).thenRun(this::goOn);
    }

    private void goOn() {
        busy = false;
        step();
    }

    /** Something asked of the controller, until it is answered. At the head of the queue while it is tried. */
    private final class Command<T> {

        private final Change<T> change;
        private final CompletableFuture<Outcome<T>> result = new CompletableFuture<>();
        private int tries;

        Command(Change<T> change) {
            this.change = change;
        }

        void attempt(ClusterState cluster) {
            Optional<T> value = change.done(cluster);
            if (value.isPresent()) {
                finish(Outcome.of(value.get()));
                return;
            }
            if (tries++ == MAX_TRIES) {
                finish(Outcome.refused(Reason.UNAVAILABLE, "ZooKeeper did not do it in " + MAX_TRIES + " tries"));
                return;
            }
            Outcome<Decision> decision = change.decide(cluster);
            if (decision.isRefused()) {
                finish(new Outcome<>(null, decision.refusal()));
            } else {
                perform(decision.value());
            }
        }

        /** Takes the command off the queue, then looks for the next; not by recursion, the queue may be long. */
        private void finish(Outcome<T> outcome) {
            commands.remove();
            result.complete(outcome);
            loop.execute(Controller.this::step);
        }

        void refuse(Reason reason, String message) {
            result.complete(Outcome.refused(reason, message));
        }
    }
}
