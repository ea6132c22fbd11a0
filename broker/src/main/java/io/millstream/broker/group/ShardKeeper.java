package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Lease;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ShardOwner;
import io.millstream.coordination.Versioned;
import io.millstream.core.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets and keeps this broker's shards: takes those that are its own from before, and those whose owner is dead; takes its own
 * again in each new session, because a lease is of one session; lets go of those that another broker took.
 *
 * <p>Lives on a loop; {@link #look} and {@link #owner} may be called from any thread.
 */
final class ShardKeeper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ShardKeeper.class);
    private static final long RETRY_MILLIS = 200;
    private static final int NOBODY = -1;

    private final int broker;
    private final GroupEnvironment environment;
    private final ShardClaims claims;
    private final List<Shard> shards;
    private final IntPredicate lives;
    private final Loop loop;
    private final List<Coordination.Registration> registrations = new ArrayList<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

    private boolean looking;
    private boolean again;
    private long session;
    private volatile Map<Integer, Integer> owners = Map.of();

    /** @param lives whether a broker is registered */
    ShardKeeper(
            int broker,
            GroupEnvironment environment,
            ShardClaims claims,
            List<Shard> shards,
            IntPredicate lives,
            Loop loop) {
        this.broker = broker;
        this.environment = environment;
        this.claims = claims;
        this.shards = shards;
        this.lives = lives;
        this.loop = loop;
    }

    /** Takes the shards that are to be had; completes when that is done. */
    CompletableFuture<Void> start() {
        registrations.add(environment.coordination().onSession(new Coordination.SessionListener() {
            @Override
            public void suspended() {
                // The lease says how long the shards are still this broker's.
            }

            @Override
            public void resumed() {
                look();
            }

            @Override
            public void expired() {
                look();
            }
        }));
        CompletableFuture<Void> first = new CompletableFuture<>();
        CompletableFuture<?> unused = environment
                .coordination()
                .watch(Paths.COORDINATORS, path -> look())
                .whenCompleteAsync(
                        (registration, failure) -> {
                            if (failure != null) {
                                first.completeExceptionally(failure);
                                return;
                            }
                            registrations.add(registration);
                            waiting.add(first);
                            again = true;
                            lookNow();
                        },
                        loop);
        return first;
    }

    /** The broker that coordinates a shard, as last read; -1 if none was. */
    int owner(int shard) {
        return shards.get(shard).version() >= 0 ? broker : owners.getOrDefault(shard, NOBODY);
    }

    /** Looks, soon, which shards are to be taken or let go. */
    void look() {
        try {
            loop.execute(() -> {
                again = true;
                lookNow();
            });
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: shards were not looked at", closed);
        }
    }

    private void lookNow() {
        if (looking || !again) {
            return;
        }
        looking = true;
        again = false;
        // Before anything is won: what is won in a later session is not covered by the lease of this one.
        Lease lease = Lease.ofCurrentSession(environment.coordination(), environment.clock());
        CompletableFuture<?> unused = claims.owners(shards.size())
                .thenComposeAsync(found -> take(found, lease), loop)
                .whenCompleteAsync(
                        (complete, failure) -> {
                            looking = false;
                            if (failure != null) {
                                log.warn("Shards could not be taken; trying again: {}", failure.getMessage());
                            }
                            if (failure != null || !complete) {
                                again = true;
                                loop.schedule(this::lookNow, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                                return;
                            }
                            List<CompletableFuture<Void>> done = List.copyOf(waiting);
                            waiting.clear();
                            done.forEach(each -> each.complete(null));
                            lookNow();
                        },
                        loop);
    }

    /** @return whether nothing is left to do */
    private CompletableFuture<Boolean> take(Map<Integer, Versioned<ShardOwner>> found, Lease lease) {
        boolean newSession = lease.sessionId() != session;
        Map<Integer, Integer> wanted = new HashMap<>();
        Map<Integer, Integer> read = new HashMap<>();
        for (int number = 0; number < shards.size(); number++) {
            Shard shard = shards.get(number);
            Versioned<ShardOwner> owner = found.get(number);
            int version = owner == null ? -1 : owner.version();
            int holder = owner == null ? NOBODY : owner.value().broker();
            read.put(number, holder);
            boolean ours = shard.version() >= 0 && shard.version() == version;
            if (shard.version() >= 0 && !ours && shard.version() < version) {
                shard.post(() -> {
                    if (shard.version() < version) {
                        log.info("Broker {} coordinates the groups of a shard that was this one's", holder);
                        shard.abandon();
                    }
                });
            }
            boolean free = holder == NOBODY || holder == broker || !lives.test(holder);
            if (free && (newSession || !ours)) {
                wanted.put(number, version);
            }
        }
        owners = Map.copyOf(read);
        if (wanted.isEmpty()) {
            session = lease.sessionId();
            return CompletableFuture.completedFuture(true);
        }
        return claims.take(wanted).thenComposeAsync(taken -> install(wanted, taken, lease), loop);
    }

    private CompletableFuture<Boolean> install(Map<Integer, Integer> wanted, Map<Integer, Integer> taken, Lease lease) {
        List<CompletableFuture<Void>> installed = new ArrayList<>();
        taken.forEach((number, version) -> {
            Shard shard = shards.get(number);
            CompletableFuture<Void> done = new CompletableFuture<>();
            boolean posted = shard.post(() -> {
                shard.acquired(wanted.get(number), version, lease);
                done.complete(null);
            });
            if (posted) {
                installed.add(done);
            }
        });
        boolean all = taken.size() == wanted.size();
        if (all) {
            session = lease.sessionId();
            log.info("Coordinates the groups of {} shards", taken.size());
        }
        return CompletableFuture.allOf(installed.toArray(CompletableFuture[]::new))
                .thenApply(done -> all);
    }

    @Override
    public void close() {
        registrations.forEach(Coordination.Registration::close);
    }
}
