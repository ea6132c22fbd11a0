package io.millstream.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.TestBatches.Entry;
import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower's log is read and flushed while it is appended to, cut and started over: nobody reads anything else. */
final class FollowedLogReadersTest {

    private static final int ROUNDS = 80;
    private static final int READERS = 2;

    @TempDir
    Path root;

    private static ByteBuf batch(long offset) {
        ByteBuf batch = TestBatches.batch(1_000, "v" + offset, "v" + (offset + 1));
        RecordBatch.at(batch).stamp(offset, 3);
        return batch;
    }

    private static void read(PartitionLog log, AtomicBoolean over) {
        while (!over.get()) {
            LogView view = log.view();
            long from = view.startOffset() + (view.endOffset() - view.startOffset()) / 2;
            LogSlice slice = log.read(from, 1 << 20, Long.MAX_VALUE, FirstBatch.ALWAYS);
            try {
                for (Entry entry :
                        slice.isEmpty() ? List.<Entry>of() : TestBatches.entries(slice.copy(TestBatches.HEAP))) {
                    assertThat(entry.value()).isEqualTo("v" + entry.offset());
                }
            } catch (StorageException cutMeanwhile) {
                assertThat(cutMeanwhile.kind()).isEqualTo(StorageException.Kind.DAMAGED);
                assertThat(log.settledView()).as(cutMeanwhile.getMessage()).isNotSameAs(view);
            } finally {
                slice.release();
            }
        }
    }

    @Test
    void readersSeeWhatIsThereWhateverTheFollowerDoes() throws InterruptedException, ExecutionException {
        SeededEntropy entropy = new SeededEntropy(Long.getLong("seed", 11));
        LogHome home = new LogHome(root).segments(700, 100);
        PartitionLog log = home.open();
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(threads.submit(() -> read(log, over)));
        }
        readers.add(threads.submit(() -> {
            while (!over.get()) {
                log.flush();
            }
        }));
        try {
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = entropy.between(1, 15); i > 0; i--) {
                    log.follower().append(batch(log.view().endOffset()), 3, 0);
                }
                long end = log.view().endOffset();
                if (entropy.chance(0.2)) {
                    log.follower().startOver(2L * entropy.nextInt(500));
                } else if (entropy.chance(0.5)) {
                    log.follower().truncateTo(Math.max(log.view().startOffset(), end - 2L * entropy.nextInt(20)));
                } else if (entropy.chance(0.3)) {
                    log.advanceStart(log.view().startOffset() + 2);
                }
                home.worker.run();
            }
        } finally {
            over.set(true);
            for (Future<?> each : readers) {
                each.get();
            }
            threads.shutdown();
        }
        assertThat(LogHome.readAll(log)).allMatch(entry -> entry.value().equals("v" + entry.offset()));
        log.close();
    }
}
