package io.millstream.broker.replica;

import java.util.concurrent.CompletableFuture;

/**
 * Finds out whether this broker leads a partition for sure. A lease says that nobody was elected because this broker seemed
 * dead; the lead may have been handed to another all the same, and the news of it be on its way.
 */
@FunctionalInterface
public interface LeadCheck {

    /**
     * Asks. From any thread.
     *
     * @return completes on any thread and never fails: whether, at some moment after this call, this broker led in
     *     {@code epoch}; false also if that cannot be found out
     */
    CompletableFuture<Boolean> stillLeads(Partition partition, int epoch);
}
