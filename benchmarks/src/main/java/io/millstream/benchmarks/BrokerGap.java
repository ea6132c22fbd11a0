package io.millstream.benchmarks;

import io.millstream.core.TopicPartition;
import io.millstream.fixture.cluster.DirectAppends;
import io.millstream.fixture.cluster.ProcCluster;
import io.millstream.wire.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Appends to a partition at every broker all the time, whoever leads, without a proxy in between: the gap between what
 * they acknowledge is what the cluster needs, and no client's.
 */
final class BrokerGap implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final byte[] VALUE = new byte[100];

    private final ProcCluster cluster;
    private final TopicPartition partition;
    private final Gap gap = new Gap();
    private final List<Thread> threads = new ArrayList<>();
    private final long[] acknowledgedBy;
    private volatile boolean stopped;

    BrokerGap(ProcCluster cluster, TopicPartition partition) {
        this.cluster = cluster;
        this.partition = partition;
        acknowledgedBy = new long[cluster.ids().size() + 1];
        for (int id : cluster.ids()) {
            Thread thread = new Thread(() -> append(id), "appends-" + id);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void append(int id) {
        try (DirectAppends appends = DirectAppends.open(cluster.direct(id), TIMEOUT)) {
            while (!stopped && appends.isOpen()) {
                if (appends.append(partition, VALUE).join().error() == ErrorCode.NONE) {
                    gap.acknowledged();
                    count(id);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (CompletionException e) {
            count(0); // it has gone, which is what this is about
        }
    }

    private synchronized void count(int id) {
        acknowledgedBy[id]++;
    }

    private synchronized long acknowledgedByOthers(int id) {
        long all = 0;
        for (int other : cluster.ids()) {
            all += other == id ? 0 : acknowledgedBy[other];
        }
        return all;
    }

    /** Waits until something is acknowledged. */
    void await(long nanos) {
        gap.await(1, nanos);
    }

    /** Waits until another broker than {@code id} acknowledges. */
    void awaitOther(int id, long nanos) {
        long before = acknowledgedByOthers(id);
        while (acknowledgedByOthers(id) == before) {
            gap.await(1, nanos);
        }
    }

    void reset() {
        gap.reset();
    }

    long longestMillis() {
        return gap.longestMillis();
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(LockSupport::unpark);
    }
}
