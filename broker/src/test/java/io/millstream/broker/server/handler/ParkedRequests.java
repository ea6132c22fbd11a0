package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.Appended;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.ReplicaId;
import io.millstream.broker.replica.ReplicationThrottle;
import io.millstream.broker.replica.Role;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.broker.simulation.SimEntropy;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.Produce;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Requests that wait on one event loop for two partitions, by a seed. What moves a partition comes between steps, and in the
 * midst of them wherever a request's path asks the world for something, as from other threads.
 */
final class ParkedRequests implements AutoCloseable {

    private static final int BROKER = 1;
    private static final int FOLLOWER = 2;
    private static final Path DATA = Path.of("/data");
    private static final Set<Integer> BOTH = Set.of(BROKER, FOLLOWER);
    private static final int MOST_PARKED = 8;

    private final Random random;
    private final LogDirectories logs;
    private final Partitions partitions = new Partitions();
    private final List<Partition> all = new ArrayList<>();
    private final TurnLoop loop = new TurnLoop(this::interrupt);
    private final List<Parked> parked = new ArrayList<>();
    private final FetchAttempt.Reads reads;
    private final boolean[] interrupting = new boolean[1];
    private int epoch = 1;
    private int version;
    private int waited;
    private Follower follower;

    /**
     * A request that waits.
     *
     * @param due whether it can be answered, as things are
     */
    private record Parked(Peer peer, CompletableFuture<?> answer, BooleanSupplier due) {}

    ParkedRequests(long seed) {
        random = new Random(seed);
        follower = new Follower();
        SimDisk disk = SimDisk.empty(clock());
        disk.createDirectories(DATA);
        logs = LogDirectories.open(
                List.of(DATA),
                new LogEnvironment(disk, clock(), new SimEntropy(random), name -> new TurnLoop(() -> {})),
                t -> LogConfig.DEFAULT);
        for (int number = 0; number < 2; number++) {
            TopicPartition id = new TopicPartition("t", number);
            Partition partition =
                    new Partition(logs.create(id, new UUID(1, number), LogConfig.DEFAULT), BROKER, () -> true);
            partitions.add(partition);
            all.add(partition);
            lead(partition);
        }
        reads = new FetchAttempt.Reads(
                partitions,
                (partition, rack, offset) -> {
                    interrupt();
                    return Fetch.NO_REPLICA;
                },
                true);
    }

    /** One thing happens. */
    void step() {
        switch (random.nextInt(10)) {
            case 0 -> parkFetch();
            case 1 -> parkProduce();
            case 2 -> follower.ask();
            case 3, 4 -> move();
            case 5 -> loop.expire(random.nextInt(20));
            case 6 -> hangUp();
            default -> loop.runOne();
        }
        if (random.nextInt(8) == 0) {
            check();
        }
    }

    /** Whoever waits still goes; nobody must be left. Returns how many had to wait. */
    int finish() {
        loop.drain();
        while (!parked.isEmpty()) {
            hangUp();
        }
        follower.hangUp();
        loop.expire(1_000_000);
        loop.drain();
        for (Partition partition : all) {
            assertThat(partition.waiting())
                    .as("left behind at %s", partition.id())
                    .isZero();
        }
        assertThat(loop.timers()).as("timers left behind").isZero();
        return waited;
    }

    private Partition any() {
        return all.get(random.nextInt(all.size()));
    }

    // ---- what waits

    private void parkFetch() {
        if (parked.size() >= MOST_PARKED) {
            return;
        }
        List<Fetch.Query> queries = new ArrayList<>();
        for (Partition partition : all) {
            if (queries.isEmpty() || random.nextBoolean()) {
                long offset = Math.max(0, partition.highWatermark() - random.nextInt(10) / 9);
                queries.add(Fetch.Query.consumer(partition.id().partition(), -1, offset, 1 << 20));
            }
        }
        Fetch.Request request = Requests.fetch(
                new Fetch.Bounds(1 + random.nextInt(100), 1 + random.nextInt(100), 1 << 20),
                List.of(new ByTopic<>("t", queries)));
        Peer peer = new Peer();
        CompletableFuture<Fetch.Response> answer = new PendingFetch(peer, reads, request).begin();
        park(new Parked(peer, answer.thenAccept(Fetch.Response::discard), () -> {
            FetchAttempt attempt = FetchAttempt.read(reads, request);
            attempt.release();
            return attempt.enough();
        }));
    }

    private void parkProduce() {
        Partition partition = any();
        Role term = partition.role();
        Appended appended = partition.append(Requests.batch(1_000, "r"), Durability.ALL);
        if (!appended.accepted() || parked.size() >= MOST_PARKED) {
            return;
        }
        interrupt();
        UncommittedAppend append = new UncommittedAppend(partition, term, appended.nextOffset());
        Produce.Result result = Produce.Result.appended(partition.id().partition(), appended.baseOffset(), -1, 0);
        Peer peer = new Peer();
        CompletableFuture<Produce.Response> answer = new PendingProduce(
                        peer, List.of(new ByTopic<>("t", List.of(result))), new ArrayList<>(List.of(append)))
                .await(1 + random.nextInt(100));
        park(new Parked(peer, answer, () -> append.committed() || append.lost() || append.starved()));
    }

    private void park(Parked one) {
        if (!one.answer.isDone()) {
            waited++;
            parked.add(one);
        }
    }

    private void hangUp() {
        if (!parked.isEmpty()) {
            Parked gone = parked.remove(random.nextInt(parked.size()));
            if (!gone.answer.isDone()) {
                gone.peer.hangUp();
            }
        }
    }

    /** A broker that follows both partitions in a session. */
    private final class Follower {
        private final FetchHandler handler = new FetchHandler(
                partitions,
                new FetchSessions(1, new SimEntropy(random)),
                NearestReplica.LEADER,
                new FetchHandler.ForFollowers(
                        new Replicas() {
                            @Override
                            public Optional<ReplicaId> registered(int broker) {
                                return Optional.of(new ReplicaId(broker, 7));
                            }

                            @Override
                            public boolean hasReplica(int broker, TopicPartition partition) {
                                return true;
                            }
                        },
                        throttle(),
                        new SimEntropy(random)));
        private final Peer peer = new Peer();
        private final long[] ends = new long[2];
        private int session;
        private int number;
        private CompletableFuture<Fetch.Response> answer = CompletableFuture.completedFuture(null);

        void ask() {
            if (!answer.isDone()) {
                return; // it waits
            }
            List<Fetch.Query> queries = new ArrayList<>();
            for (Partition partition : all) {
                int which = partition.id().partition();
                ends[which] = partition.log().view().endOffset() - random.nextInt(3) / 2;
                int last = ends[which] == 0 ? Fetch.NO_EPOCH : partition.log().latestEpoch();
                queries.add(new Fetch.Query(
                        which,
                        epochOf(partition),
                        ends[which],
                        last,
                        0,
                        1 << 20,
                        7,
                        partition.log().topicId()));
            }
            Fetch.Request request = new Fetch.Request(
                    FOLLOWER,
                    new Fetch.Bounds(1 + random.nextInt(200), 1, 1 << 20),
                    Fetch.READ_UNCOMMITTED,
                    new Fetch.Session(session, number++, List.of()),
                    List.of(new ByTopic<>("t", queries)),
                    "");
            answer = handler.handle(peer, request).toCompletableFuture();
            if (!answer.isDone()) {
                waited++;
            }
            var unused = answer.thenAccept(response -> {
                session = response.error() == ErrorCode.NONE ? response.sessionId() : 0;
                number = session == 0 ? 0 : number;
                response.discard();
            });
        }

        /** Whether there are records that it has not been told of, or a role it has not heard of. */
        boolean isDue() {
            return !answer.isDone()
                    && all.stream()
                            .anyMatch(partition -> partition.role() instanceof Role.Leader leader
                                    && leader.epoch() == epochOf(partition)
                                    && partition.log().view().endOffset()
                                            > ends[partition.id().partition()]);
        }

        void hangUp() {
            peer.hangUp();
            peer.attachments().detach(FollowerFeed.class);
        }
    }

    /** Holds nothing back, but is asked whether it does. */
    private ReplicationThrottle throttle() {
        ReplicationThrottle throttle = new ReplicationThrottle(clock());
        throttle.limit(Integer.MAX_VALUE, id -> {
            interrupt();
            return false;
        });
        return throttle;
    }

    private int epochOf(Partition partition) {
        return partition.role() instanceof Role.Leader leader ? leader.epoch() : epoch;
    }

    // ---- what moves

    /** Another thread is quicker. */
    private void interrupt() {
        if (!interrupting[0] && random.nextInt(4) == 0) {
            interrupting[0] = true;
            move();
            interrupting[0] = false;
        }
    }

    private void move() {
        Partition partition = any();
        int what = random.nextInt(1_000);
        if (what < 2) {
            epoch++;
            lead(partition);
        } else if (what < 4) {
            partition.follow(++epoch, FOLLOWER);
        } else if (what < 10) {
            partition.stop(ErrorCode.KAFKA_STORAGE_ERROR);
        } else if (what < 12) {
            partition.resign(epochOf(partition));
        } else if (!(partition.role() instanceof Role.Leader leader)) {
            lead(partition);
        } else if (what < 100) {
            Set<Integer> isr = random.nextBoolean() ? BOTH : Set.of(BROKER);
            partition.settle(leader.epoch(), ++version, new Isr(isr, 1 + random.nextInt(2)));
        } else if (what < 500) {
            partition.append(Requests.batch(1_000, "m"), Durability.LEADER);
        } else {
            long end = partition.log().view().endOffset() - random.nextInt(3) / 2;
            if (end > 0) {
                partition.replicaFetch(
                        new ReplicaId(FOLLOWER, 7),
                        leader.epoch(),
                        end,
                        partition.log().latestEpoch(),
                        loop.nanos());
            }
        }
    }

    private void lead(Partition partition) {
        epoch = Math.max(epoch, partition.log().latestEpoch() + (partition.role() instanceof Role.Follower ? 1 : 0));
        partition.lead(epoch, ++version, new Isr(BOTH, 1));
    }

    /** Once the loop has nothing to do, nobody waits who could be answered. */
    private void check() {
        loop.drain();
        interrupting[0] = true; // nothing moves meanwhile
        parked.removeIf(one -> one.answer.isDone());
        for (Parked one : parked) {
            assertThat(one.due.getAsBoolean()).as("a wake-up was lost").isFalse();
        }
        assertThat(follower.isDue()).as("the follower's wake-up was lost").isFalse();
        for (Partition partition : all) {
            assertThat(partition.waiting()).as("who waits").isLessThanOrEqualTo(parked.size() + 1);
        }
        interrupting[0] = false;
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public long millis() {
                return TimeUnit.NANOSECONDS.toMillis(loop.nanos());
            }

            @Override
            public long nanos() {
                return loop.nanos();
            }
        };
    }

    /** A connection. */
    private final class Peer extends TestRequest {
        private final List<Runnable> abandon = new ArrayList<>(1);

        Peer() {
            super(ApiKey.FETCH);
        }

        void hangUp() {
            abandon.forEach(Runnable::run);
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public Clock clock() {
            return ParkedRequests.this.clock();
        }

        @Override
        public boolean mayWait() {
            interrupt();
            return true;
        }

        @Override
        public void onHurry(Runnable task) {
            // the broker of this test stays
        }

        @Override
        public void onAbandon(Runnable task) {
            interrupt();
            abandon.add(task);
        }
    }

    @Override
    public void close() {
        logs.close();
    }
}
