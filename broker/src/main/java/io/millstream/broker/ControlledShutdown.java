package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.LiveConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.controller.Handover;
import io.millstream.broker.controller.Registrar;
import io.millstream.broker.group.Groups;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Lease;
import io.millstream.core.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a broker hand over what it leads and coordinates before it stops: its registration says that it is about to, the
 * controller gives its partitions other leaders, others take its shards of the groups, and only then it goes. Bounded: what
 * nobody takes in time is elected anew when the broker is gone.
 */
final class ControlledShutdown {

    private static final Logger log = LoggerFactory.getLogger(ControlledShutdown.class);

    private final int broker;
    private final BrokerConfig config;
    private final LiveConfig live;
    private final ClusterView view;
    private final Registrar registrar;
    private final Groups groups;
    private final Coordination coordination;
    private final Clock clock;

    /** @param view the cluster as this broker serves it: what it shows as led by others is */
    ControlledShutdown(
            LiveConfig live,
            ClusterView view,
            Registrar registrar,
            Groups groups,
            Coordination coordination,
            Clock clock) {
        this.live = live;
        this.config = live.file();
        this.broker = config.get(BrokerSettings.BROKER_ID);
        this.view = view;
        this.registrar = registrar;
        this.groups = groups;
        this.coordination = coordination;
        this.clock = clock;
    }

    /** Begins to hand over; completes when that is done. Without a session there is nothing left to hand over. */
    CompletableFuture<Void> begin() {
        if (!config.get(BrokerSettings.CONTROLLED_SHUTDOWN_ENABLE)
                || !Lease.ofCurrentSession(coordination, clock).holds()
                || !Handover.hasHeirs(view.state(), broker)) {
            return CompletableFuture.completedFuture(null);
        }
        registrar.update(registration -> registration.draining(true));
        return view.await(this::isHandedOver)
                .thenCompose(cluster -> Handover.hasHeirs(cluster, broker)
                        ? groups.handedOver()
                        : CompletableFuture.completedFuture(null));
    }

    /** For how long it is waited for. */
    long patienceMillis() {
        return (long) config.get(BrokerSettings.CONTROLLED_SHUTDOWN_MAX_RETRIES)
                * config.get(BrokerSettings.CONTROLLED_SHUTDOWN_RETRY_BACKOFF_MS);
    }

    /** Hands over. Blocks until that is done or has taken too long. */
    void run() {
        CompletableFuture<Void> all = begin();
        long patience = patienceMillis();
        try {
            Void unused = all.get(patience, TimeUnit.MILLISECONDS);
            log.info("Broker {} has handed over what it led", broker);
        } catch (TimeoutException e) {
            log.warn("Broker {} stops although not all it leads has been handed over in {} ms", broker, patience);
        } catch (ExecutionException e) {
            log.warn("Broker {} stops although not all it leads has been handed over", broker, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isHandedOver(ClusterState cluster) {
        return !Handover.hasHeirs(cluster, broker)
                || (Handover.isKnown(cluster, broker) && Handover.isDone(cluster, Electing.rules(live), broker));
    }
}
