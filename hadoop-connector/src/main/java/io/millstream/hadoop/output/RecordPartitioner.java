package io.millstream.hadoop.output;

import io.millstream.client.Murmur2;
import io.millstream.core.TopicName;
import java.util.HashMap;
import java.util.Map;

/**
 * Which partition a record goes to: the one it names, else the one its key decides as in Kafka's clients, else one that stays
 * the same for a batch's worth of records. Where a task begins depends on its number alone, so that every attempt of it decides
 * alike. Not for use by several threads.
 */
final class RecordPartitioner {

    private static final class Sticky {
        private int partition;
        private long bytes;

        private Sticky(int partition) {
            this.partition = partition;
        }
    }

    private final int task;
    private final long stickyBytes;
    private final Map<TopicName, Sticky> sticky = new HashMap<>();

    /** @param task the task's number, from 0: neighbours begin with neighbouring partitions */
    RecordPartitioner(int task, long stickyBytes) {
        this.task = task;
        this.stickyBytes = stickyBytes;
    }

    /**
     * Decides.
     *
     * @param named by the record; negative to leave it open
     * @param key may be null
     * @param size of the record, in bytes
     * @throws OutputException if the topic had no such partition when the job was submitted
     */
    int choose(OutputTopic topic, int named, byte[] key, int size) throws OutputException {
        if (named >= topic.partitions()) {
            throw new OutputException("A record for partition " + named + " of topic " + topic.name() + ", which had "
                    + topic.partitions() + " when the job was submitted");
        }
        if (named >= 0) {
            return named;
        }
        return key != null ? Murmur2.partition(key, topic.partitions()) : stick(topic, size);
    }

    private int stick(OutputTopic topic, int size) {
        Sticky state = sticky.computeIfAbsent(topic.name(), name -> new Sticky(task % topic.partitions()));
        if (state.bytes >= stickyBytes) {
            state.partition = (state.partition + 1) % topic.partitions();
            state.bytes = 0;
        }
        state.bytes += size;
        return state.partition;
    }
}
