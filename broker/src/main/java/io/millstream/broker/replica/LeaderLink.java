package io.millstream.broker.replica;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Loop;
import io.millstream.net.Connection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one leader: opened when it is needed, opened again after a pause when it was lost, which the log says
 * once. Belongs to the fetcher's loop.
 */
final class LeaderLink {

    private static final Logger log = LoggerFactory.getLogger(LeaderLink.class);

    private final int leader;
    private final FetcherStage stage;
    private final Supplier<Optional<BrokerEndpoint>> endpoint;
    private final Runnable changed;

    private Connection connection; // null while there is none
    private boolean wanted;
    private boolean opening;
    private Loop.Timer pause; // null while there is none
    private int failures;

    /**
     * @param endpoint where the leader is now; empty while nobody knows
     * @param changed called on the loop when the connection is there, or is there no more
     */
    LeaderLink(int leader, FetcherStage stage, Supplier<Optional<BrokerEndpoint>> endpoint, Runnable changed) {
        this.leader = leader;
        this.stage = stage;
        this.endpoint = endpoint;
        this.changed = changed;
    }

    /** The open connection. If there is none, one is opened. */
    Optional<Connection> connection() {
        wanted = true;
        if (connection == null && !opening && pause == null) {
            open();
        }
        return Optional.ofNullable(connection);
    }

    private void open() {
        Optional<BrokerEndpoint> where = endpoint.get();
        if (where.isEmpty()) {
            failed("nobody knows its address");
            return;
        }
        opening = true;
        var unused = stage.connections()
                .open(where.get())
                .whenComplete((opened, failure) -> stage.post(() -> {
                    opening = false;
                    if (failure != null) {
                        failed(failure.getMessage());
                    } else {
                        opened(opened);
                    }
                }));
    }

    private void opened(Connection fresh) {
        if (!wanted) {
            fresh.close();
            return;
        }
        connection = fresh;
        var unused = fresh.closed().thenRun(() -> stage.post(() -> lost(fresh, "the connection was closed")));
        changed.run();
    }

    /** Gives a connection up that does not do; another one is opened after a pause. */
    void lost(Connection broken, String why) {
        if (broken == connection) {
            broken.close();
            connection = null;
            failed(why);
            changed.run();
        }
    }

    private void failed(String why) {
        if (!wanted) {
            return;
        }
        failures++;
        if (failures == 1) {
            log.warn(
                    "Broker {} cannot fetch from broker {}: {}; it tries on",
                    stage.settings().brokerId(),
                    leader,
                    why);
        }
        pause = stage.loop()
                .schedule(
                        () -> {
                            pause = null;
                            changed.run();
                        },
                        stage.settings().pauseMillis(failures),
                        TimeUnit.MILLISECONDS);
    }

    /** The leader has answered as it should. */
    void works() {
        if (failures > 0) {
            log.info("Broker {} fetches from broker {} again", stage.settings().brokerId(), leader);
            failures = 0;
        }
    }

    /** Closes the connection until it is wanted again. */
    void close() {
        wanted = false;
        failures = 0;
        if (pause != null) {
            pause.cancel();
            pause = null;
        }
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
