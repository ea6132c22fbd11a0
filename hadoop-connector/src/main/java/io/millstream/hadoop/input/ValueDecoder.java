package io.millstream.hadoop.input;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * Turns a record's value into what a mapper gets. Each task makes one by its constructor without parameters, and uses it
 * with one thread.
 *
 * @param <V> what a value becomes
 */
@FunctionalInterface
public interface ValueDecoder<V> {

    /** Called once, before the first record, with the job's configuration. */
    default void configure(Configuration conf) throws IOException {}

    /**
     * Decodes one value.
     *
     * @param record with a value; a tombstone is not asked about, its value is null
     * @param reuse what this returned the last time, or null: may be filled anew and returned
     * @throws IOException if the value cannot be decoded; the task fails then, and the message names the record
     */
    V decode(TopicRecord record, V reuse) throws IOException;
}
