package io.millstream.hadoop.ingest;

import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.document.IngestException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which topics a job takes: names and regular expressions, separated by commas. What could be a topic's name is one; a
 * regular expression must match the whole name.
 */
final class TopicPattern {

    private final String text;
    private final List<TopicName> names = new ArrayList<>();
    private final List<Pattern> patterns = new ArrayList<>();

    private TopicPattern(String text) {
        this.text = text;
    }

    /** @throws UsageException if a part is neither a name nor a regular expression */
    static TopicPattern of(String text) {
        TopicPattern pattern = new TopicPattern(text);
        for (String part : text.split(",", -1)) {
            String item = part.trim();
            if (item.isEmpty()) {
                throw new UsageException("--topics '" + text + "' has an empty part");
            }
            if (TopicName.objection(item).isEmpty()) {
                pattern.names.add(new TopicName(item));
            } else {
                pattern.addExpression(item);
            }
        }
        return pattern;
    }

    private void addExpression(String item) {
        try {
            patterns.add(Pattern.compile(item));
        } catch (PatternSyntaxException e) {
            throw new UsageException("--topics: '" + item + "' is neither a topic's name nor a regular expression: "
                    + e.getDescription());
        }
    }

    /**
     * The topics among {@code existing} that are meant.
     *
     * @throws IngestException if a topic that is named does not exist, or nothing matches at all
     */
    SortedSet<TopicName> select(Collection<TopicName> existing) {
        SortedSet<TopicName> selected = new TreeSet<>();
        for (TopicName name : names) {
            if (!existing.contains(name)) {
                throw new IngestException("Topic " + name + " does not exist. Create it, or change --topics");
            }
            selected.add(name);
        }
        for (TopicName topic : existing) {
            if (patterns.stream()
                    .anyMatch(pattern -> pattern.matcher(topic.value()).matches())) {
                selected.add(topic);
            }
        }
        if (selected.isEmpty()) {
            throw new IngestException("No topic matches '" + text + "' (" + existing.size() + " exist)");
        }
        return selected;
    }

    @Override
    public String toString() {
        return text;
    }
}
