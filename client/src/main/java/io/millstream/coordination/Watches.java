package io.millstream.coordination;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Standing watches: ZooKeeper's client keeps them over a reconnection, here they are set again in each new session. */
final class Watches {

    private static final Logger log = LoggerFactory.getLogger(Watches.class);

    private final Chroot chroot;
    private final Set<Watch> standing = ConcurrentHashMap.newKeySet();

    Watches(Chroot chroot) {
        this.chroot = chroot;
    }

    CompletableFuture<Coordination.Registration> add(Session session, String path, Consumer<String> changed) {
        Watch watch = new Watch(path, changed);
        standing.add(watch);
        return set(session, watch)
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        standing.remove(watch);
                    }
                })
                .thenApply(done -> () -> remove(session, watch));
    }

    /** Sets all in the session that is current now. */
    CompletableFuture<Void> restore(Session session) {
        return CompletableFuture.allOf(
                standing.stream().map(watch -> set(session, watch)).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> set(Session session, Watch watch) {
        return session.retrying(
                "Watch of " + watch.path,
                watch.path,
                (zooKeeper, answer) -> zooKeeper.addWatch(
                        chroot.full(watch.path),
                        watch,
                        AddWatchMode.PERSISTENT_RECURSIVE,
                        (rc, path, context) -> answer.accept(Session.code(rc), null),
                        null));
    }

    private void remove(Session session, Watch watch) {
        if (!standing.remove(watch)) {
            return;
        }
        try {
            session.handle()
                    .removeWatches(
                            chroot.full(watch.path),
                            watch,
                            Watcher.WatcherType.Any,
                            true,
                            (rc, path, context) -> log.debug("Watch of {} removed: {}", path, Session.code(rc)),
                            null);
        } catch (CoordinationException e) {
            log.debug("No session to remove the watch of {} from", watch.path, e);
        }
    }

    private final class Watch implements Watcher {
        private final String path;
        private final Consumer<String> changed;

        private Watch(String path, Consumer<String> changed) {
            this.path = path;
            this.changed = changed;
        }

        @Override
        public void process(WatchedEvent event) {
            boolean isChange =
                    switch (event.getType()) {
                        case NodeCreated, NodeDeleted, NodeDataChanged -> true;
                        default -> false;
                    };
            if (isChange && standing.contains(this)) {
                changed.accept(chroot.below(event.getPath()));
            }
        }
    }
}
