package io.millstream.broker.server.handler;

import io.millstream.broker.replica.ReplicaId;
import io.millstream.broker.server.Attachments;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.Loop;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One follower's incremental fetch session (KIP-227): the partitions that it copies, where it is in each, and what it was
 * told. Partitions in which nothing happens cost next to nothing: each waits for its log to grow, however many requests
 * come meanwhile, and only those are looked at of which something is new. All are looked at now and then, so that the leader
 * goes on knowing that the follower is where it was.
 *
 * <p>A fetch that waits is answered when the next one comes, so a follower can add what has become urgent. Belongs to the
 * connection's event loop.
 */
final class FollowerFeed implements Attachments.Attachment {

    /** A small part of {@code replica.lag.time.max.ms}, which measures how long a follower was not seen at the end. */
    private static final long ALL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How often a follower is told of high watermarks without records at most, so that it does not ask all the time. */
    private static final long TIDINGS_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Most record bytes in one answer, whatever was asked for. */
    private static final int MOST_BYTES = 55 * 1024 * 1024;

    private final FollowerFeeds.Source source;
    private final RequestContext context;
    private final ReplicaId replica;
    private final int id;
    private final Map<Key, FedPartition> partitions = new LinkedHashMap<>();
    private final Map<Key, FedPartition> forgotten = new HashMap<>();
    private final AtomicBoolean woken = new AtomicBoolean();

    private int expected = Fetch.Session.INITIAL_EPOCH;
    private long allNanos;
    private long tidingsNanos;
    private Waiting waiting; // null while no request waits

    private record Key(String topic, int partition) {}

    private record Waiting(Fetch.Bounds bounds, CompletableFuture<Fetch.Response> answer, Loop.Timer timer) {}

    /**
     * @param context of the request that begins the session
     * @param id of the session
     */
    FollowerFeed(FollowerFeeds.Source source, RequestContext context, ReplicaId replica, int id) {
        this.source = source;
        this.context = context;
        this.replica = replica;
        this.id = id;
        this.allNanos = context.clock().nanos() - ALL_NANOS;
        this.tidingsNanos = allNanos;
    }

    int id() {
        return id;
    }

    /** The follower, as it was registered when the session began. */
    ReplicaId replica() {
        return replica;
    }

    /** The number that the next request must have. */
    int expectedEpoch() {
        return expected;
    }

    /** Takes a request into the session, and answers it when there is enough to say or time is up. */
    CompletableFuture<Fetch.Response> answer(RequestContext current, Fetch.Request request) {
        expected = FetchSession.after(expected);
        update(request);
        FeedLook look = look(request.bounds());
        if (look.isEnough(request.bounds().minBytes(), tidingsAreDue()) || !mayWait(current, request.bounds())) {
            return CompletableFuture.completedFuture(response(look));
        }
        look.release();
        CompletableFuture<Fetch.Response> answer = new CompletableFuture<>();
        long millis = Math.min(request.bounds().maxWaitMillis(), patienceMillis(look));
        Loop.Timer timer = context.loop().schedule(this::hurry, millis, TimeUnit.MILLISECONDS);
        waiting = new Waiting(request.bounds(), answer, timer);
        current.onAbandon(this::detached);
        current.onHurry(this::hurry);
        return answer;
    }

    private static boolean mayWait(RequestContext current, Fetch.Bounds bounds) {
        return bounds.maxWaitMillis() > 0 && current.mayWait();
    }

    private void update(Fetch.Request request) {
        for (ByTopic<Fetch.Query> topic : request.topics()) {
            for (Fetch.Query query : topic.partitions()) {
                Key key = new Key(topic.topic(), query.partition());
                partitions.computeIfAbsent(key, this::remembered).ask(query);
            }
        }
        for (ByTopic<Integer> topic : request.session().forgotten()) {
            for (int partition : topic.partitions()) {
                Key key = new Key(topic.topic(), partition);
                FedPartition gone = partitions.remove(key);
                if (gone != null) {
                    gone.forget();
                    forgotten.put(key, gone);
                }
            }
        }
    }

    /** A follower that could not use what it was told lets go of the partition for a while, and then asks for that again. */
    private FedPartition remembered(Key key) {
        FedPartition known = forgotten.remove(key);
        return known != null ? known : new FedPartition(source, replica.broker(), key.topic(), this::wake);
    }

    private FeedLook look(Fetch.Bounds bounds) {
        long now = context.clock().nanos();
        boolean all = now - allNanos >= ALL_NANOS;
        if (all) {
            allNanos = now;
        }
        FeedLook look = new FeedLook(Math.max(0, Math.min(bounds.maxBytes(), MOST_BYTES)), now);
        for (FedPartition partition : partitions.values()) {
            if (all || partition.isDue()) {
                partition.look(look);
            }
        }
        return look;
    }

    private boolean tidingsAreDue() {
        return context.clock().nanos() - tidingsNanos >= TIDINGS_NANOS;
    }

    private long patienceMillis(FeedLook look) {
        long millis = look.throttledMillis();
        if (look.hasTidings()) {
            long left = tidingsNanos + TIDINGS_NANOS - context.clock().nanos();
            millis = Math.min(millis, 1 + TimeUnit.NANOSECONDS.toMillis(Math.max(0, left)));
        }
        return millis;
    }

    /** From any thread: a partition has moved. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            context.loop().execute(this::lookAgain);
        }
    }

    private void lookAgain() {
        woken.set(false);
        if (waiting == null) {
            return; // the next request finds it
        }
        try {
            FeedLook look = look(waiting.bounds);
            if (look.isEnough(waiting.bounds.minBytes(), false)) {
                complete(look);
            } else {
                look.release();
            }
        } catch (RuntimeException e) { // whoever waits must hear of it
            fail(e);
        }
    }

    /** Answers a request that waits with what there is. */
    void hurry() {
        if (waiting != null) {
            try {
                complete(look(waiting.bounds));
            } catch (RuntimeException e) { // whoever waits must hear of it
                fail(e);
            }
        }
    }

    private void complete(FeedLook look) {
        Waiting done = waiting;
        waiting = null;
        done.timer.cancel();
        Fetch.Response response;
        try {
            response = response(look);
        } catch (RuntimeException | OutOfMemoryError e) { // whoever waits must hear of it
            done.answer.completeExceptionally(e);
            return;
        }
        done.answer.complete(response);
    }

    private void fail(RuntimeException cause) {
        Waiting done = waiting;
        waiting = null;
        done.timer.cancel();
        done.answer.completeExceptionally(cause);
    }

    private Fetch.Response response(FeedLook look) {
        if (look.hasTidings()) {
            tidingsNanos = context.clock().nanos();
        }
        List<ByTopic<Fetch.Data>> topics = new ArrayList<>();
        List<FedPartition> served = new ArrayList<>();
        for (FeedLook.Found found : look.news()) {
            FedPartition partition = found.partition();
            if (topics.isEmpty() || !topics.get(topics.size() - 1).topic().equals(partition.topic())) {
                topics.add(new ByTopic<>(partition.topic(), new ArrayList<>(1)));
            }
            topics.get(topics.size() - 1).partitions().add(partition.tell(found));
            if (found.hasRecords()) {
                served.add(partition);
            }
        }
        for (FedPartition last : served) { // so that none starves where an answer has no room for all
            Key key = new Key(last.topic(), last.number());
            partitions.put(key, partitions.remove(key));
        }
        return new Fetch.Response(0, ErrorCode.NONE, id, topics);
    }

    /** The session has ended: nothing waits any more. */
    @Override
    public void detached() {
        partitions.values().forEach(FedPartition::leave);
        partitions.clear();
        if (waiting != null) {
            waiting.timer.cancel();
            waiting = null;
        }
    }
}
