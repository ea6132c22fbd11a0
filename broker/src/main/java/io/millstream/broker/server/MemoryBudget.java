package io.millstream.broker.server;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What the incomplete frames of all connections may hold together. Who does not fit waits, first come first served,
 * and reads nothing meanwhile.
 *
 * <p>Waiters hold what they have already. So that they cannot wait for each other for ever, one of them at a time may
 * exceed the budget until its frame is complete: memory stays below the budget plus one frame.
 *
 * <p>Safe for use by several threads.
 */
final class MemoryBudget {

    private final Object lock = new Object();
    private final long limit;
    private final Queue<Account> waiting = new ArrayDeque<>();
    private long used;
    private Account exempt;

    /** @param limit in bytes */
    MemoryBudget(long limit) {
        this.limit = limit;
    }

    /** An account for one connection. */
    Account open() {
        return new Account();
    }

    /** Bytes held by all accounts. */
    long used() {
        synchronized (lock) {
            return used;
        }
    }

    /** What one connection holds. */
    final class Account {

        private long held;
        private long wanted;
        private Runnable granted;

        /**
         * Takes {@code bytes} if they are there. If not, the account waits, and {@code whenGranted} is run once they
         * have been taken for it, on the thread of whoever gave them back.
         *
         * @return whether the bytes have been taken already
         */
        boolean take(long bytes, Runnable whenGranted) {
            synchronized (lock) {
                wanted = bytes;
                if (grant(this, waiting.isEmpty())) {
                    return true;
                }
                granted = whenGranted;
                waiting.add(this);
                return false;
            }
        }

        /** Gives back everything, and waits no longer. */
        void giveBack() {
            Queue<Runnable> grants = new ArrayDeque<>(0);
            synchronized (lock) {
                used -= held;
                held = 0;
                if (exempt == this) {
                    exempt = null;
                }
                if (granted != null) {
                    granted = null;
                    waiting.remove(this);
                }
                grantWaiting(grants);
            }
            grants.forEach(Runnable::run);
        }
    }

    private boolean grant(Account account, boolean first) {
        boolean fits = first && used + account.wanted <= limit;
        if (!fits && exempt == null) {
            exempt = account;
        }
        if (fits || exempt == account) {
            used += account.wanted;
            account.held += account.wanted;
            return true;
        }
        return false;
    }

    private void grantWaiting(Queue<Runnable> grants) {
        while (!waiting.isEmpty() && grant(waiting.peek(), true)) {
            Account account = waiting.remove();
            grants.add(account.granted);
            account.granted = null;
        }
    }
}
