package io.millstream.hadoop.ingest;

import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.document.IngestException;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which topics a run takes. What {@code --topics} means is fixed for a job; what {@code --exclude} leaves out may change from
 * run to run, because a topic that is left out keeps its committed offsets and is taken up there again.
 */
final class TopicChoice {

    private final TopicPattern topics;
    private final Optional<TopicPattern> exclude;

    private TopicChoice(TopicPattern topics, Optional<TopicPattern> exclude) {
        this.topics = topics;
        this.exclude = exclude;
    }

    /**
     * A choice as the user writes it.
     *
     * @param exclude empty for none
     * @throws UsageException if a part of either is neither a name nor a regular expression
     */
    static TopicChoice of(String topics, String exclude) {
        return new TopicChoice(
                TopicPattern.of("--topics", topics),
                exclude.isEmpty() ? Optional.empty() : Optional.of(TopicPattern.of("--exclude", exclude)));
    }

    /**
     * What is chosen among the topics that exist.
     *
     * @param taken the topics to read
     * @param leftOut those that would be read, but for the exclusion
     */
    record Chosen(SortedSet<TopicName> taken, SortedSet<TopicName> leftOut) {}

    /**
     * Chooses among the topics {@code existing}.
     *
     * @throws IngestException if a topic that is named, and not left out, does not exist, or nothing is left to take
     */
    Chosen among(Collection<TopicName> existing) {
        for (TopicName name : topics.names()) {
            if (!existing.contains(name) && !isLeftOut(name)) {
                throw new IngestException("Topic " + name + " does not exist. Create it, or change --topics");
            }
        }
        Chosen chosen = new Chosen(new TreeSet<>(), new TreeSet<>());
        for (TopicName topic : existing) {
            if (topics.matches(topic)) {
                (isLeftOut(topic) ? chosen.leftOut() : chosen.taken()).add(topic);
            }
        }
        if (chosen.taken().isEmpty()) {
            throw new IngestException("No topic matches '" + topics + "' (" + existing.size() + " exist"
                    + (chosen.leftOut().isEmpty() ? ")" : ", --exclude leaves out " + chosen.leftOut() + ")"));
        }
        return chosen;
    }

    private boolean isLeftOut(TopicName topic) {
        return exclude.isPresent() && exclude.get().matches(topic);
    }

    /** What {@code --topics} says: the part that a job fixes. */
    String topics() {
        return topics.toString();
    }
}
