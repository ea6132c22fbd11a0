package io.millstream.broker.controller;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.ArrayDeque;
import java.util.Collection;
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
 * grows, moves and deletes topics, clears what a controller before it left half done. One thing at a time; after each it reads what it
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
    private final Settings settings;
    private final Commits commits;
    private final Queue<Command<?>> commands = new ArrayDeque<>();

    private volatile Optional<Tenure> tenure = Optional.empty();
    private long deadSession;
    private boolean busy;
    private boolean rebalanceDue;

    /**
     * How a controller decides.
     *
     * @param rules of each topic
     * @param rebalance when preferred leaders are elected without being asked for; empty for never
     */
    public record Settings(ElectionRules.Source rules, Optional<Rebalance> rebalance) {}

    /**
     * When brokers are given back what they should lead.
     *
     * @param intervalMillis how often it is looked
     * @param percentage of the partitions that a broker should lead, how many may be led by others
     */
    public record Rebalance(long intervalMillis, int percentage) {}

    /** @param broker the id this broker is registered under */
    public Controller(ClusterWatch watch, int broker, Entropy entropy, Settings settings) {
        this.coordination = watch.coordination();
        this.watch = watch;
        this.loop = watch.loop();
        this.broker = broker;
        this.entropy = entropy;
        this.settings = settings;
        this.commits = new Commits(coordination);
        watch.onChange(state -> step());
    }

    /** Whether this broker is the controller, as far as it knows: only the fence of each write makes sure. */
    public boolean isActive() {
        return tenure.isPresent();
    }

    /** The cluster as the controller knows it. */
    public ClusterState state() {
        return watch.state();
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

    /**
     * Has preferred leaders elected.
     *
     * @return why a partition was given no other leader; nothing where it was
     */
    public CompletableFuture<Outcome<SortedMap<TopicPartition, Optional<Refusal>>>> electPreferred(
            Collection<TopicPartition> partitions) {
        return submit(new LeaderElection(LeaderElection.Kind.PREFERRED, partitions, settings.rules()));
    }

    /** Has partitions without a leader led by any replica that lives, in sync or not: records may be lost. */
    public CompletableFuture<Outcome<SortedMap<TopicPartition, Optional<Refusal>>>> electUnclean(
            Collection<TopicPartition> partitions) {
        return submit(new LeaderElection(LeaderElection.Kind.UNCLEAN, partitions, settings.rules()));
    }

    /**
     * Begins to move partitions to other brokers, or stops it (KIP-455).
     *
     * @param wanted broker ids, the preferred leader first; empty to stop a move
     * @return why a partition does not move, or does not stop; nothing where all is well
     */
    public CompletableFuture<Outcome<SortedMap<TopicPartition, Optional<Refusal>>>> reassign(
            SortedMap<TopicPartition, Optional<List<Integer>>> wanted) {
        return submit(new Reassignment(wanted, settings.rules()));
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
        Optional<Decision> housekeeping = Elections.due(cluster, settings.rules())
                .or(() -> Topics.clear(cluster))
                .or(() -> Reassignments.due(cluster, settings.rules()));
        if (housekeeping.isPresent()) {
            perform(housekeeping.get());
        } else if (!commands.isEmpty()) {
            commands.peek().attempt(cluster);
        } else if (rebalanceDue) {
            rebalanceDue = false;
            settings.rebalance()
                    .flatMap(rule -> PreferredLeaders.due(cluster, settings.rules(), rule.percentage()))
                    .ifPresent(this::perform);
        }
    }

    private void rebalanceLater(Tenure of, Rebalance rule) {
        loop.schedule(
                () -> {
                    if (tenure.equals(Optional.of(of))) {
                        rebalanceDue = true;
                        step();
                        rebalanceLater(of, rule);
                    }
                },
                rule.intervalMillis(),
                TimeUnit.MILLISECONDS);
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
                            elected.ifPresent(this::begin);
                            reread(List.of(new Part.Controlling()));
                        },
                        loop);
    }

    private void begin(Tenure won) {
        log.info("Elected controller, term {}", won.term().epoch());
        settings.rebalance().ifPresent(rule -> rebalanceLater(won, rule));
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
        CompletableFuture<?> unused = commits.commit(decision, tenure.orElseThrow())
                .whenCompleteAsync(
                        (committed, failure) -> {
                            if (failure != null) {
                                notDone(decision, failure);
                                return;
                            }
                            log.info("Done: {}", decision.what());
                            decision.warnings().forEach(log::warn);
                            if (committed) {
                                reread(decision.touched());
                            } else {
                                checkTenure(decision.touched()); // some of it came too late
                            }
                        },
                        loop);
    }

    /** Somebody was faster, which reading again will show; or nobody knows, and ZooKeeper is given time. */
    private void notDone(Decision decision, Throwable failure) {
        log.info("Not done, or not known to be done: {} ({})", decision.what(), failure.getMessage());
        if (Tenure.reason(failure) == CoordinationException.Reason.CONFLICT) {
            checkTenure(decision.touched());
        } else {
            loop.schedule(() -> checkTenure(List.of(new Part.Everything())), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** After a failed write: was it because another broker was elected? Then reads again and goes on. */
    private void checkTenure(List<Part> parts) {
        CompletableFuture<?> unused = coordination
                .sync()
                .thenCompose(done -> coordination.read(Paths.CONTROLLER_EPOCH))
                .whenCompleteAsync(
                        (epoch, failure) -> {
                            if (failure != null) {
                                loop.schedule(() -> checkTenure(parts), RETRY_MILLIS, TimeUnit.MILLISECONDS);
                                return;
                            }
                            int version = epoch.map(Versioned::version).orElse(-1);
                            if (tenure.isPresent() && tenure.get().version() != version) {
                                resign("another broker was elected");
                            }
                            reread(parts);
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
