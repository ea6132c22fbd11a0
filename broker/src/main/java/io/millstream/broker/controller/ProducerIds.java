package io.millstream.broker.controller;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.ProducerIdBlock;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Loop;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * Hands out producer ids, each once in the life of the cluster: this broker claims blocks of them by compare-and-set and
 * counts within. What is left of a block when the broker stops is never used.
 *
 * <p>May be called from any thread; lives on a loop and does not block it.
 */
public final class ProducerIds {

    /** Ids per block. */
    static final int BLOCK = 1_000;

    private static final int MAX_WAITING = 10_000;

    private final Coordination coordination;
    private final Loop loop;
    private final int broker;
    private final Queue<CompletableFuture<Long>> waiting = new ArrayDeque<>();

    private long next;
    private long last = -1;
    private boolean claiming;

    public ProducerIds(Coordination coordination, Loop loop, int broker) {
        this.coordination = coordination;
        this.loop = loop;
        this.broker = broker;
    }

    /** A new id. Fails if ZooKeeper cannot be asked, or too many ask; another try may succeed. */
    public CompletableFuture<Long> next() {
        CompletableFuture<Long> id = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                if (waiting.size() >= MAX_WAITING) {
                    id.completeExceptionally(new RejectedExecutionException("Too many wait for a producer id"));
                } else {
                    waiting.add(id);
                    serve();
                }
            });
        } catch (RejectedExecutionException closed) {
            id.completeExceptionally(closed);
        }
        return id;
    }

    private void serve() {
        while (!waiting.isEmpty() && next <= last) {
            waiting.remove().complete(next++);
        }
        if (!waiting.isEmpty() && !claiming) {
            claiming = true;
            claim();
        }
    }

    private void claim() {
        CompletableFuture<?> unused = coordination
                .read(Paths.PRODUCER_ID_BLOCK)
                .thenCompose(this::claim)
                .whenCompleteAsync((block, failure) -> claimed(block, failure), loop);
    }

    private CompletableFuture<ProducerIdBlock> claim(Optional<Versioned<byte[]>> latest) {
        long first = latest.map(raw -> Document.read(raw.value(), ProducerIdBlock.class, Paths.PRODUCER_ID_BLOCK)
                                .last())
                        .orElse(-1L)
                + 1;
        ProducerIdBlock block = new ProducerIdBlock(broker, first, first + BLOCK - 1);
        byte[] document = Document.write(block);
        Write write = latest.<Write>map(raw -> new Write.Update(Paths.PRODUCER_ID_BLOCK, document, raw.version()))
                .orElseGet(() -> new Write.Create(Paths.PRODUCER_ID_BLOCK, document));
        return coordination.commit(write).thenApply(version -> block);
    }

    private void claimed(ProducerIdBlock block, Throwable failure) {
        if (failure != null && Tenure.reason(failure) == Reason.CONFLICT) {
            claim(); // another broker was faster
            return;
        }
        claiming = false;
        if (failure == null) {
            next = block.first();
            last = block.last();
            serve();
        } else { // a block of unknown outcome is left unused
            waiting.forEach(id -> id.completeExceptionally(failure));
            waiting.clear();
        }
    }
}
