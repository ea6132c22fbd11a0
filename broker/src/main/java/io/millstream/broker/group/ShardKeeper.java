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
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets and keeps this broker's shards: takes those that {@link ShardPlacement} gives it, from whoever has them; takes its own
 * again in each new session, because a lease is of one session; lets go of those that another broker took. A shard that moves
 * is never without an owner: the new one takes it, and thereby fences the old one.
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
    private final Registered.Source brokers;
    private final Loop loop;
    private final List<Coordination.Registration> registrations = new ArrayList<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private final List<CompletableFuture<Void>> leaving = new ArrayList<>();

    private boolean looking;
    private boolean again;
    private long session;
    private volatile Map<Integer, Integer> owners = Map.of();

    ShardKeeper(
            int broker,
            GroupEnvironment environment,
            ShardClaims claims,
            List<Shard> shards,
            Registered.Source brokers,
            Loop loop) {
        this.broker = broker;
        this.environment = environment;
        this.claims = claims;
        this.shards = shards;
        this.brokers = brokers;
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
                .thenCompose(
                        found -> brokers.read().thenComposeAsync(registered -> take(found, registered, lease), loop))
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
    private CompletableFuture<Boolean> take(
            Map<Integer, Versioned<ShardOwner>> found, Registered registered, Lease lease) {
        boolean newSession = lease.sessionId() != session;
        Map<Integer, Integer> wanted = new HashMap<>();
        Map<Integer, Integer> read = new HashMap<>();
        Map<Integer, Integer> lost = new TreeMap<>();
        for (int number = 0; number < shards.size(); number++) {
            Shard shard = shards.get(number);
            Versioned<ShardOwner> owner = found.get(number);
            int version = owner == null ? -1 : owner.version();
            int holder = owner == null ? NOBODY : owner.value().broker();
            read.put(number, holder);
            boolean ours = shard.version() >= 0 && shard.version() == version;
            boolean wants = ShardPlacement.belongs(number, broker, holder, registered);
            if (wants && (newSession || !ours || shard.isInDoubt())) {
                wanted.put(number, version);
            } else if (shard.version() >= 0 && (shard.version() < version || newSession)) {
                letGo(shard);
                lost.merge(holder, 1, Integer::sum);
            }
        }
        lost.forEach((holder, count) -> log.info("Broker {} has {} shards that were this one's", holder, count));
        owners = Map.copyOf(read);
        if (!read.containsValue(broker)) {
            leaving.forEach(each -> each.complete(null));
            leaving.clear();
        }
        if (wanted.isEmpty()) {
            session = lease.sessionId();
            return CompletableFuture.completedFuture(true);
        }
        return claims.take(wanted).thenComposeAsync(taken -> install(wanted, taken, lease), loop);
    }

    /** What is no more this broker's, or was its in a session that is over and goes to another now. */
    private static void letGo(Shard shard) {
        int known = shard.version();
        shard.post(() -> {
            if (shard.version() == known) {
                shard.abandon();
            }
        });
    }

    /** Completes once others have all shards of this broker, which must be about to stop. */
    CompletableFuture<Void> handedOver() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                leaving.add(result);
                again = true;
                lookNow();
            });
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: its shards are left behind", closed);
            result.complete(null);
        }
        return result;
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
