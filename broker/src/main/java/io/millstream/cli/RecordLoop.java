package io.millstream.cli;

import io.millstream.client.Admin;
import io.millstream.client.ClientException;
import io.millstream.client.Cluster;
import io.millstream.client.OffsetOutOfRangeException;
import io.millstream.client.RangeReader;
import io.millstream.client.ReadSettings;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.record.Record;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Reads partitions in turn, a bounded range of each, and prints what is in them. Used by one thread. */
final class RecordLoop {

    private static final long OFFSETS_AT_ONCE = 10_000;
    private static final int FETCH_BYTES = 1024 * 1024;
    private static final long IDLE_MILLIS = 200;

    /** How a record is printed. */
    @FunctionalInterface
    interface Printed {
        byte[] bytes(TopicPartition from, Record record);
    }

    private final Cluster cluster;
    private final Admin admin;
    private final Printed printed;
    private final OutputStream out;
    private final Consumer<String> notices;
    private final Map<TopicPartition, Long> positions = new TreeMap<>();
    private long left;

    /**
     * @param notices takes sentences about records that are not there any more
     * @param count after how many records it ends
     */
    RecordLoop(Cluster cluster, Printed printed, StandardOutput out, Consumer<String> notices, long count) {
        this.cluster = cluster;
        this.admin = new Admin(cluster);
        this.printed = printed;
        this.out = new BufferedOutputStream(out);
        this.notices = notices;
        this.left = count;
    }

    /**
     * Reads until the count is reached or, if {@code exit}, to where the partitions end now.
     *
     * @throws StandardOutput.LostException if what it prints is not taken any more
     */
    void run(TopicName topic, Set<Integer> partitions, StartOffset start, boolean exit) {
        Set<TopicPartition> all = partitions.stream()
                .map(each -> new TopicPartition(topic, each))
                .collect(java.util.stream.Collectors.toSet());
        Map<TopicPartition, Long> ends = new HashMap<>(admin.endOffsets(all));
        admin.startOffsets(all)
                .forEach((partition, first) -> positions.put(partition, start.in(first, ends.get(partition))));
        while (turn(ends)) {
            boolean caughtUp =
                    positions.entrySet().stream().allMatch(each -> each.getValue() >= ends.get(each.getKey()));
            if (caughtUp && exit) {
                return;
            }
            if (caughtUp) {
                rest();
                ends.putAll(admin.endOffsets(all));
            }
        }
    }

    /** A range of each partition that has more; false if that is enough. */
    private boolean turn(Map<TopicPartition, Long> ends) {
        for (Map.Entry<TopicPartition, Long> position : positions.entrySet()) {
            long from = position.getValue();
            long to = Math.min(ends.get(position.getKey()), from + OFFSETS_AT_ONCE);
            if (from < to) {
                position.setValue(read(position.getKey(), from, to));
            }
            if (left == 0) {
                return false;
            }
        }
        return true;
    }

    /** Where to go on: {@code to}, or where the partition begins by now, if that is behind what was to be read. */
    private long read(TopicPartition partition, long from, long to) {
        ReadSettings settings = ReadSettings.defaults().withFetchBytes(FETCH_BYTES);
        try (RangeReader reader = RangeReader.open(cluster, partition, from, to, settings)) {
            while (left > 0 && reader.hasNext()) {
                out.write(printed.bytes(partition, reader.next()));
                left--;
            }
            return to;
        } catch (OffsetOutOfRangeException e) {
            if (e.start() <= e.wanted()) {
                throw e; // the end is what moved
            }
            notices.accept("Partition " + partition + ": offsets " + e.wanted() + " to " + (e.start() - 1)
                    + " were deleted before they were read; going on at " + e.start() + ".");
            return e.start();
        } catch (IOException e) {
            throw new StandardOutput.LostException(e);
        } finally {
            flush();
        }
    }

    /** Also of what came before a record that cannot be read or printed. */
    private void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new StandardOutput.LostException(e);
        }
    }

    private static void rest() {
        try {
            boolean unused = new CountDownLatch(1).await(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException("Interrupted while waiting for records", e);
        }
    }
}
