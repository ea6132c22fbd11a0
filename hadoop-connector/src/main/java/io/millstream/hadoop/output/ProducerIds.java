package io.millstream.hadoop.output;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ProducerIdBlock;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Takes producer ids that nobody else gets. All jobs and brokers take them from one znode, so that at the top of an hour many are in
 * each other's way: who is too late pauses, longer each time. One that is never used costs nothing.
 */
final class ProducerIds {

    /** A producer id that no broker gave. */
    private static final int NO_BROKER = -1;

    private static final int FIRST_PAUSE_MILLIS = 16;
    private static final int LONGEST_PAUSE_MILLIS = 1024;

    private final Coordination coordination;
    private final Loop loop;
    private final Clock clock;
    private final Entropy entropy;
    private final Duration patience;

    /**
     * @param loop where pauses end; not the caller's own
     * @param patience for how long to try
     */
    ProducerIds(Coordination coordination, Loop loop, Clock clock, Entropy entropy, Duration patience) {
        this.coordination = coordination;
        this.loop = loop;
        this.clock = clock;
        this.entropy = entropy;
        this.patience = patience;
    }

    /**
     * Takes the next one. Waits.
     *
     * @throws CoordinationException if none could be taken
     */
    long take() {
        long began = clock.nanos();
        for (int pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
            try {
                return takeNext();
            } catch (CoordinationException e) { // taken by another one, or perhaps by us
                if (e.reason() == Reason.REFUSED || clock.nanos() - began > patience.toNanos()) {
                    throw new CoordinationException(
                            e.reason(),
                            "No producer id could be taken: " + e.getMessage(),
                            e.path().orElse(null),
                            e);
                }
            }
            pause(1 + entropy.nextInt(pause));
        }
    }

    private long takeNext() {
        await(coordination.sync());
        Optional<Versioned<byte[]>> latest = await(coordination.read(Paths.PRODUCER_ID_BLOCK));
        long id = latest.map(raw -> Document.read(raw.value(), ProducerIdBlock.class, Paths.PRODUCER_ID_BLOCK)
                                .last())
                        .orElse(-1L)
                + 1;
        byte[] document = Document.write(new ProducerIdBlock(NO_BROKER, id, id));
        await(coordination.commit(
                latest.<Write>map(raw -> new Write.Update(Paths.PRODUCER_ID_BLOCK, document, raw.version()))
                        .orElseGet(() -> new Write.Create(Paths.PRODUCER_ID_BLOCK, document))));
        return id;
    }

    private void pause(int millis) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        loop.schedule(() -> over.complete(null), millis, TimeUnit.MILLISECONDS);
        over.join();
    }
}
