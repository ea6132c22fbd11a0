package io.millstream.broker.simulation;

import io.millstream.broker.simulation.SimTree.Change;
import io.millstream.broker.simulation.SimTree.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One server of a simulated ZooKeeper: it has applied a prefix of what the leader ordered. While it is cut off from the
 * leader it answers reads from what it has, and writes wait. Guarded by the scheduler's monitor.
 */
public final class SimServer {

    private final SimZooKeeper zooKeeper;
    private final List<Transaction> log;
    private final SimTree tree = new SimTree();
    private final Set<SimLink> links = new LinkedHashSet<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private int applied;
    private boolean cutOff;

    SimServer(SimZooKeeper zooKeeper, List<Transaction> log) {
        this.zooKeeper = zooKeeper;
        this.log = log;
    }

    SimTree tree() {
        return tree;
    }

    int applied() {
        return applied;
    }

    void add(SimLink link) {
        links.add(link);
    }

    void remove(SimLink link) {
        links.remove(link);
    }

    /** Cuts the server off from the leader, or lets it catch up. */
    public void cutOff(boolean yes) {
        cutOff = yes;
        if (!yes) {
            List<Runnable> due = List.copyOf(waiting);
            waiting.clear();
            due.forEach(Runnable::run);
            hear();
        }
    }

    /** The leader has something new, which gets here in a while. */
    void hear() {
        int upTo = log.size();
        toLeader(() -> applyUpTo(upTo)); // the way is as long in the other direction
    }

    /** Does something at the leader, once it can be reached. */
    void toLeader(Runnable there) {
        zooKeeper.scheduler().after(zooKeeper.latency(), () -> {
            if (cutOff) {
                waiting.add(there);
            } else {
                there.run();
            }
        });
    }

    /** Applies what the leader ordered, and tells clients that watch. */
    void applyUpTo(int count) {
        while (applied < count) {
            Transaction transaction = log.get(applied++);
            tree.apply(transaction);
            for (SimLink link : List.copyOf(links)) {
                for (Change change : transaction.changes()) {
                    link.changed(change.path());
                }
            }
        }
    }
}
