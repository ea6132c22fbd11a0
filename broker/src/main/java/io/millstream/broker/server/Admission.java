package io.millstream.broker.server;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts connections, and says whether one more may be opened. Each limit that is reached is logged once until there is
 * room again. Safe for use by several threads.
 */
final class Admission {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final Object lock = new Object();
    private ConnectionLimits limits; // guarded by lock, as all that follows
    private final Count all = new Count();
    private final Map<InetAddress, Count> byAddress = new HashMap<>();

    private static final class Count {
        private int open;
        private boolean said;

        boolean reached(int most, String limit, InetAddress address) {
            if (open < most) {
                return false;
            }
            if (!said) {
                said = true;
                log.warn("Connections are refused, the last one from {}: {} is {}", address, limit, most);
            }
            return true;
        }
    }

    Admission(ConnectionLimits limits) {
        this.limits = limits;
    }

    /** From now on for those who come. */
    void limit(ConnectionLimits next) {
        synchronized (lock) {
            limits = next;
        }
    }

    /** Counts one more connection, if it may be opened. */
    boolean admit(InetAddress address) {
        synchronized (lock) {
            Count ofAddress = byAddress.getOrDefault(address, new Count());
            if (all.reached(limits.most(), "max.connections", address)
                    || ofAddress.reached(limits.mostFrom(address), "max.connections.per.ip", address)) {
                return false;
            }
            all.open++;
            ofAddress.open++;
            byAddress.put(address, ofAddress);
            return true;
        }
    }

    /** Says that a connection which was admitted has been closed. */
    void release(InetAddress address) {
        synchronized (lock) {
            Count ofAddress = byAddress.get(address);
            all.open--;
            all.said = false;
            ofAddress.open--;
            ofAddress.said = false;
            if (ofAddress.open == 0) {
                byAddress.remove(address);
            }
        }
    }

    /** How many connections are open. */
    int open() {
        synchronized (lock) {
            return all.open;
        }
    }
}
