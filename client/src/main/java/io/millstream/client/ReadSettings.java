package io.millstream.client;

import io.millstream.core.Limits;
import java.time.Duration;

/**
 * How a range is read.
 *
 * @param fetchBytes about how much is asked for at once. A reader holds up to three times as much,
 *     and its client keeps up to three times as much of what was read, for what comes
 * @param stallTimeout how long the reading may get nowhere, through lost leaders or silent brokers, before it fails
 * @param progress called with each fetch taken up and while the reader waits, at least twice a second then, on the
 *     reader's thread: for {@code context.progress()}
 * @param unpacking where batches are checked and decompressed before the reader comes to them; null: by the reader's own
 *     thread, as it comes to them
 * @param confirmed whether a range's reader asks at its end if the topic is still the one that was read
 */
public record ReadSettings(
        int fetchBytes, Duration stallTimeout, Runnable progress, Unpacking unpacking, boolean confirmed) {

    private static final int FETCH_BYTES = 4 * 1024 * 1024;
    private static final Duration STALL_TIMEOUT = Duration.ofMinutes(2);

    /** @throws IllegalArgumentException if the size is not positive or beyond what a response may have */
    public ReadSettings {
        if (fetchBytes <= 0 || fetchBytes > Limits.RESPONSE_BYTES / 2) {
            throw new IllegalArgumentException(
                    "Fetches of " + fetchBytes + " bytes; 1 to " + Limits.RESPONSE_BYTES / 2);
        }
    }

    /** 4 MiB at once, 2 minutes of patience, nobody to tell. */
    public static ReadSettings defaults() {
        return new ReadSettings(FETCH_BYTES, STALL_TIMEOUT, () -> {}, null, true);
    }

    /** The same with another size. */
    public ReadSettings withFetchBytes(int bytes) {
        return new ReadSettings(bytes, stallTimeout, progress, unpacking, confirmed);
    }

    /** The same with another patience. */
    public ReadSettings withStallTimeout(Duration timeout) {
        return new ReadSettings(fetchBytes, timeout, progress, unpacking, confirmed);
    }

    /** The same with somebody to tell. */
    public ReadSettings withProgress(Runnable told) {
        return new ReadSettings(fetchBytes, stallTimeout, told, unpacking, confirmed);
    }

    /** The same with another place to unpack. */
    public ReadSettings withUnpacking(Unpacking place) {
        return new ReadSettings(fetchBytes, stallTimeout, progress, place, confirmed);
    }

    /** The same for a range whose topic is known by its id and is read on by another reader, which confirms for both at its end. */
    public ReadSettings withoutConfirmation() {
        return new ReadSettings(fetchBytes, stallTimeout, progress, unpacking, false);
    }
}
