package io.millstream.client;

import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.InitProducerId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Gets producer ids from the cluster, one at a time, and gives them to lanes. Belongs to the client's loop. */
final class Identities {

    private final Cluster cluster;
    private final Duration patience;
    private final Runnable arrived;
    private final Consumer<ClientException> refused;
    private ProducerIdentity current; // for every lane, until one has given it up
    private boolean asking;

    /**
     * @param arrived called when lanes may go on
     * @param refused called when there will never be one
     */
    Identities(Cluster cluster, Duration patience, Runnable arrived, Consumer<ClientException> refused) {
        this.cluster = cluster;
        this.patience = patience;
        this.arrived = arrived;
        this.refused = refused;
    }

    /** Whether the lane has an identity now; if not, one is on its way. */
    boolean provide(Lane lane) {
        if (lane.identity() != null || (current != null && lane.begin(current))) {
            return true;
        }
        lane.note("the cluster has given no producer id");
        ask();
        return false;
    }

    private void ask() {
        if (asking) {
            return;
        }
        asking = true;
        current = null;
        CompletableFuture<ProducerIdentity> asked = Retry.until(cluster, patience, "producer id", this::tryToAsk);
        Async.then(Async.on(cluster.environment().loop(), asked), (given, failure) -> {
            asking = false;
            current = given;
            if (failure instanceof TimedOutException || failure == null) {
                arrived.run();
            } else {
                refused.accept(new ClientException("No producer id: " + failure.getMessage(), failure));
            }
        });
    }

    private CompletableFuture<ProducerIdentity> tryToAsk() {
        InitProducerId.Request request =
                new InitProducerId.Request(null, 0, InitProducerId.NO_ID, InitProducerId.NO_EPOCH);
        return cluster.anyConnection()
                .thenCompose(connection -> connection.send(request, InitProducerId.Response.class))
                .thenApply(response -> {
                    if (response.error() != ErrorCode.NONE) {
                        throw Outcome.failure("Producer id", response.error());
                    }
                    if (response.producerId() < 0 || response.producerEpoch() < 0) { // would not be deduplicated
                        throw new ClientException(
                                "The broker gave " + response.producerId() + ", epoch " + response.producerEpoch());
                    }
                    return new ProducerIdentity(response.producerId(), response.producerEpoch());
                });
    }
}
