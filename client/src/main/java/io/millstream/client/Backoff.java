package io.millstream.client;

import io.millstream.core.Entropy;

/** How long to wait before the next try: doubling, up to a bound, and a little random so that clients do not march. */
final class Backoff {

    private static final int LARGEST_SHIFT = 20;

    private final ClientSettings settings;
    private final Entropy entropy;
    private int tries;

    Backoff(ClientSettings settings, Entropy entropy) {
        this.settings = settings;
        this.entropy = entropy;
    }

    /** The next wait in ns, between half and the whole of the doubled time. */
    long nextNanos() {
        long full = settings.minBackoff().toNanos() << Math.min(tries, LARGEST_SHIFT);
        tries++;
        long bounded = Math.max(2, Math.min(full, settings.maxBackoff().toNanos()));
        return bounded / 2 + entropy.nextInt((int) Math.min(bounded / 2, Integer.MAX_VALUE));
    }

    /** After a success the next trouble starts small again. */
    void reset() {
        tries = 0;
    }
}
