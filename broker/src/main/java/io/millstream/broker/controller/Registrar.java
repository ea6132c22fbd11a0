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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this broker registered: whenever its ephemeral znode is missing or belongs to a session that is over, it is made
 * anew; where it says something else than it should, it is written.
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
    private final LongConsumer deadSession;
    private final CompletableFuture<Long> registered = new CompletableFuture<>();

    private BrokerRegistration registration;
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

    /**
     * Completes on the loop when the broker is registered for the first time, with the {@link Versioned#createdZxid} of its
     * registration.
     */
    public CompletableFuture<Long> registered() {
        return registered;
    }

    /** The broker that has our id, while there is one. */
    public Optional<BrokerRegistration> rival() {
        return rival;
    }

    /** Registers something else, now and in later sessions. From any thread. */
    public void update(UnaryOperator<BrokerRegistration> change) {
        try {
            loop.execute(() -> {
                registration = change.apply(registration);
                step(watch.state());
            });
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: what it registers does not matter any more", closed);
        }
    }

    private void step(ClusterState cluster) {
        loop.assertOwned();
        if (busy) {
            return;
        }
        Versioned<BrokerRegistration> found = cluster.brokers().get(broker);
        if (found == null) {
            rival = Optional.empty();
            register(List.of(), 0);
        } else if (found.ephemeralOwner() == coordination.sessionId()) {
            rival = Optional.empty();
            registered.complete(found.createdZxid());
            if (!found.value().equals(registration)) {
                write(
                        List.of(new Write.Update(Paths.broker(broker), Document.write(registration), found.version())),
                        () -> log.info("Broker {} registers otherwise: {}", broker, registration));
            }
        } else if (found.value().directoryId().equals(registration.directoryId())) {
            register(List.of(new Write.Delete(Paths.broker(broker), found.version())), found.ephemeralOwner());
        } else {
            rival = Optional.of(found.value());
            log.warn(
                    "Broker id {} is registered by the broker at {}",
                    broker,
                    found.value().endpoint());
        }
    }

    private void register(List<Write> before, long replaced) {
        List<Write> steps = new ArrayList<>(before);
        steps.add(new Write.CreateEphemeral(Paths.broker(broker), Document.write(registration)));
        write(steps, () -> {
            log.info("Registered as broker {} at {}", broker, registration.endpoint());
            if (replaced != 0) {
                deadSession.accept(replaced);
            }
        });
    }

    private void write(List<Write> steps, Runnable done) {
        busy = true;
        CompletableFuture<?> unused = coordination
                .commit(steps)
                .whenCompleteAsync(
                        (versions, failure) -> {
                            if (failure == null) {
                                done.run();
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
