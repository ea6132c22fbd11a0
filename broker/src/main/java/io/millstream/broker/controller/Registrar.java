package io.millstream.broker.controller;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this broker registered: whenever its ephemeral znode is missing or belongs to a session that is over, it is made
 * anew.
 *
 * <p>An ephemeral znode can outlive its process by the session time-out. If it was made by a process with our data
 * directories, whose lock we hold, that process is dead and its znode is replaced at once. Any other belongs to a broker
 * that may live, and is waited for.
 *
 * <p>Lives on the loop of its {@link ClusterWatch} and never blocks it.
 */
public final class Registrar {

    private static final Logger log = LoggerFactory.getLogger(Registrar.class);
    private static final long RETRY_MILLIS = 100;

    private final Coordination coordination;
    private final ClusterWatch watch;
    private final Loop loop;
    private final int broker;
    private final BrokerRegistration registration;
    private final LongConsumer deadSession;
    private final CompletableFuture<Void> registered = new CompletableFuture<>();

    private boolean busy;
    private volatile Optional<BrokerRegistration> rival = Optional.empty();

    /**
     * @param registration what to register
     * @param deadSession told which session belonged to a dead process of this broker, when there is one
     */
    public Registrar(ClusterWatch watch, int broker, BrokerRegistration registration, LongConsumer deadSession) {
        this.coordination = watch.coordination();
        this.watch = watch;
        this.loop = watch.loop();
        this.broker = broker;
        this.registration = registration;
        this.deadSession = deadSession;
        watch.onChange(this::step);
    }

    /** Completes on the loop when the broker is registered for the first time. */
    public CompletableFuture<Void> registered() {
        return registered;
    }

    /** The broker that has our id, while there is one. */
    public Optional<BrokerRegistration> rival() {
        return rival;
    }

    private void step(ClusterState cluster) {
        loop.assertOwned();
        if (busy) {
            return;
        }
        Versioned<BrokerRegistration> found = cluster.brokers().get(broker);
        if (found == null) {
            rival = Optional.empty();
            write(List.of(), 0);
        } else if (found.ephemeralOwner() == coordination.sessionId()) {
            rival = Optional.empty();
            registered.complete(null);
        } else if (found.value().directoryId().equals(registration.directoryId())) {
            write(List.of(new Write.Delete(Paths.broker(broker), found.version())), found.ephemeralOwner());
        } else {
            rival = Optional.of(found.value());
            log.warn(
                    "Broker id {} is registered by the broker at {}",
                    broker,
                    found.value().endpoint());
        }
    }

    private void write(List<Write> before, long replaced) {
        busy = true;
        List<Write> steps = new ArrayList<>(before);
        steps.add(new Write.CreateEphemeral(Paths.broker(broker), Document.write(registration)));
        CompletableFuture<?> unused = coordination
                .commit(steps)
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure == null) {
                                log.info("Registered as broker {} at {}", broker, registration.endpoint());
                                if (replaced != 0) {
                                    deadSession.accept(replaced);
                                }
                                readAgain();
                            } else {
                                log.info(
                                        "Registering failed, or is not known to have worked: {}", failure.getMessage());
                                loop.schedule(this::readAgain, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                            }
                        },
                        loop);
    }

    private void readAgain() {
        // Until then what is known is older than what was written, and must not be acted upon.
        CompletableFuture<?> unused = watch.reread(List.of(new Part.Broker(broker)))
                .thenAccept(cluster -> {
                    busy = false;
                    step(cluster);
                });
    }
}
