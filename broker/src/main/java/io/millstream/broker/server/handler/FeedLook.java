package io.millstream.broker.server.handler;

import io.millstream.broker.log.FirstBatch;
import io.millstream.broker.log.LogSlice;
import io.millstream.broker.log.PartitionLog;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import java.util.ArrayList;
import java.util.List;

/**
 * What one look at a follower's partitions finds. The records found are given away with the answer, or released. Belongs to
 * the connection's event loop.
 */
final class FeedLook {

    private final List<Found> news = new ArrayList<>();
    private final long nowNanos;
    private int bytesLeft;
    private long bytesFound;
    private boolean urgent;
    private boolean tidings;
    private long throttledMillis = Long.MAX_VALUE;

    /**
     * News of one partition.
     *
     * @param slice null with an error, and where the logs have parted
     */
    record Found(
            FedPartition partition,
            ErrorCode error,
            Fetch.Diverging diverging,
            long highWatermark,
            long logStartOffset,
            LogSlice slice) {

        boolean hasRecords() {
            return slice != null && !slice.isEmpty();
        }
    }

    /** @param mostBytes of records in the answer */
    FeedLook(int mostBytes, long nowNanos) {
        this.bytesLeft = mostBytes;
        this.nowNanos = nowNanos;
    }

    long nowNanos() {
        return nowNanos;
    }

    /** Reads records, as many as there is room for. */
    LogSlice read(PartitionLog log, long offset, int maxBytes, long upToOffset) {
        int most = Math.max(0, Math.min(maxBytes, bytesLeft));
        FirstBatch first = bytesFound == 0 ? FirstBatch.ALWAYS : FirstBatch.IF_IT_FITS;
        LogSlice slice = log.read(offset, most, upToOffset, first);
        bytesFound += slice.sizeInBytes();
        bytesLeft = Math.max(0, bytesLeft - slice.sizeInBytes());
        return slice;
    }

    /** Takes news. Other than records and high watermarks they are told at once. */
    void add(Found found) {
        news.add(found);
        if (found.slice == null) {
            urgent = true;
        } else if (found.slice.isEmpty()) {
            tidings = true;
        }
    }

    /** A partition's records are held back for so long. */
    void throttled(long millis) {
        throttledMillis = Math.min(throttledMillis, millis);
    }

    /** After how long to look again because of what is held back. */
    long throttledMillis() {
        return throttledMillis;
    }

    /** Whether there are news without records that can wait a little. */
    boolean hasTidings() {
        return tidings;
    }

    /** Whether this is worth an answer before time is up. */
    boolean isEnough(int minBytes, boolean tidingsAreDue) {
        return urgent || bytesFound >= Math.max(1, minBytes) || (tidings && tidingsAreDue);
    }

    List<Found> news() {
        return news;
    }

    void release() {
        for (Found found : news) {
            if (found.slice != null) {
                found.slice.release();
            }
        }
    }
}
