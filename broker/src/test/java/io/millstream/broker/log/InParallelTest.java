package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.ThreadLoop;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class InParallelTest {

    private final Set<Integer> done = ConcurrentHashMap.newKeySet();

    @Test
    void asManyThingsGoOnAtOnceAsThereAreThreads() {
        CyclicBarrier together = new CyclicBarrier(3);

        new InParallel(ThreadLoop::new, 3).forEach(numbers(9), number -> {
            meet(together);
            done.add(number);
        });

        assertThat(done).hasSize(9);
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            int unused = barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("Not side by side", e);
        }
    }

    @Test
    void oneThatFailsDoesNotKeepTheOthersFromBeingDone() {
        InParallel parallel = new InParallel(ThreadLoop::new, 2);

        assertThatThrownBy(() -> parallel.forEach(numbers(20), number -> {
                    if (number == 3) {
                        throw new IllegalStateException("made to fail");
                    }
                    done.add(number);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("made to fail");
        assertThat(done).hasSize(19);
    }

    @Test
    void withOneThreadOnlyTheCallerWorks() {
        InParallel alone = new InParallel(
                name -> {
                    throw new AssertionError("no thread is needed");
                },
                1);

        alone.forEach(numbers(3), done::add);

        assertThat(done).hasSize(3);
    }
}
