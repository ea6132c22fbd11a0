package io.millstream.broker.log;

import io.millstream.core.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/** Does something for many things on a few threads, the caller's among them. */
final class InParallel {

    private final Function<String, Loop> loops;
    private final int threads;

    /** @param threads how many work at once; with 1 only the caller does */
    InParallel(Function<String, Loop> loops, int threads) {
        this.loops = loops;
        this.threads = threads;
    }

    /** Returns when all is done. The first exception is thrown then, whatever else was done. */
    <T> void forEach(List<T> things, Consumer<T> task) {
        AtomicInteger next = new AtomicInteger();
        CountDownLatch left = new CountDownLatch(things.size());
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Runnable work = () -> {
            for (int i = next.getAndIncrement(); i < things.size(); i = next.getAndIncrement()) {
                try {
                    task.accept(things.get(i));
                } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                } finally {
                    left.countDown();
                }
            }
        };
        List<Loop> helpers = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, things.size()); i++) {
            Loop helper = loops.apply("log-opener-" + i);
            helpers.add(helper);
            helper.execute(work);
        }
        work.run();
        try {
            left.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting", e);
        } finally {
            helpers.forEach(Loop::close);
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }
}
