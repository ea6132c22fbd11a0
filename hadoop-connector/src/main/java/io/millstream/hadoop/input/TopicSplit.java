package io.millstream.hadoop.input;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.WritableUtils;
import org.apache.hadoop.mapreduce.InputSplit;

/**
 * What one task reads: ranges of offsets, of one or several partitions, in order. Not for use by several threads while
 * Hadoop fills it.
 */
public final class TopicSplit extends InputSplit implements Writable {

    /** Format of {@link #write}; a job's tasks run the jar that planned it, so only a mix-up gives another. */
    private static final byte VERSION = 2;

    private List<OffsetRange> ranges;
    private SortedMap<TopicName, UUID> topicIds = new TreeMap<>();
    private long bytes;
    private List<String> hosts;

    /** For Hadoop, which calls {@link #readFields} next. */
    public TopicSplit() {
        this(List.of(), 0, List.of());
    }

    /**
     * @param ranges in the order to be read
     * @param bytes all ranges together, perhaps an estimate
     * @param hosts where the task is best run: leaders' and replicas', the one with most bytes first
     */
    public TopicSplit(List<OffsetRange> ranges, long bytes, List<String> hosts) {
        this.ranges = List.copyOf(ranges);
        this.bytes = bytes;
        this.hosts = List.copyOf(hosts);
    }

    /**
     * As {@link #TopicSplit(List, long, List)}, with which topics of these names are meant.
     *
     * @param topicIds of the ranges' topics; nothing for those whose brokers have no ids
     */
    TopicSplit(List<OffsetRange> ranges, long bytes, List<String> hosts, Map<TopicName, UUID> topicIds) {
        this(ranges, bytes, hosts);
        this.topicIds = new TreeMap<>(topicIds);
    }

    /** Which topics are meant: one that was deleted and made again has another id. */
    Map<TopicName, UUID> topicIds() {
        return Map.copyOf(topicIds);
    }

    /** In the order to be read; unmodifiable. */
    public List<OffsetRange> ranges() {
        return ranges;
    }

    /** All ranges together; some offsets may have no record. */
    public long offsets() {
        return ranges.stream().mapToLong(OffsetRange::offsets).sum();
    }

    /** Size in bytes, perhaps an estimate. */
    @Override
    public long getLength() {
        return bytes;
    }

    @Override
    public String[] getLocations() {
        return hosts.toArray(String[]::new);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        WritableUtils.writeVLong(out, bytes);
        WritableUtils.writeVInt(out, ranges.size());
        for (OffsetRange range : ranges) {
            Text.writeString(out, range.partition().topic().value());
            WritableUtils.writeVInt(out, range.partition().partition());
            WritableUtils.writeVLong(out, range.from());
            WritableUtils.writeVLong(out, range.to());
        }
        WritableUtils.writeVInt(out, topicIds.size());
        for (Map.Entry<TopicName, UUID> each : topicIds.entrySet()) {
            Text.writeString(out, each.getKey().value());
            out.writeLong(each.getValue().getMostSignificantBits());
            out.writeLong(each.getValue().getLeastSignificantBits());
        }
        WritableUtils.writeVInt(out, hosts.size());
        for (String host : hosts) {
            Text.writeString(out, host);
        }
    }

    @Override
    public void readFields(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("A split of format " + version + "; this is Millstream with format " + VERSION
                    + ": driver and tasks run different versions");
        }
        bytes = WritableUtils.readVLong(in);
        List<OffsetRange> read = new ArrayList<>();
        for (int left = WritableUtils.readVInt(in); left > 0; left--) {
            TopicPartition partition = new TopicPartition(Text.readString(in), WritableUtils.readVInt(in));
            read.add(new OffsetRange(partition, WritableUtils.readVLong(in), WritableUtils.readVLong(in)));
        }
        ranges = List.copyOf(read);
        topicIds = new TreeMap<>();
        for (int left = WritableUtils.readVInt(in); left > 0; left--) {
            topicIds.put(new TopicName(Text.readString(in)), new UUID(in.readLong(), in.readLong()));
        }
        List<String> names = new ArrayList<>();
        for (int left = WritableUtils.readVInt(in); left > 0; left--) {
            names.add(Text.readString(in));
        }
        hosts = List.copyOf(names);
    }

    @Override
    public String toString() {
        return ranges + ", " + bytes + " bytes";
    }
}
