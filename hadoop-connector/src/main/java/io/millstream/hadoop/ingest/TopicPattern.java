package io.millstream.hadoop.ingest;

import io.millstream.core.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Topics as the user names them: names and regular expressions, separated by commas. What could be a topic's name is one; a
 * regular expression must match the whole name.
 */
final class TopicPattern {

    private final String text;
    private final List<TopicName> names = new ArrayList<>();
    private final List<Pattern> patterns = new ArrayList<>();

    private TopicPattern(String text) {
        this.text = text;
    }

    /**
     * Reads a pattern.
     *
     * @param option where it comes from, for messages
     * @throws UsageException if a part is neither a name nor a regular expression
     */
    static TopicPattern of(String option, String text) {
        TopicPattern pattern = new TopicPattern(text);
        for (String part : text.split(",", -1)) {
            String item = part.trim();
            if (item.isEmpty()) {
                throw new UsageException(option + " '" + text + "' has an empty part");
            }
            if (TopicName.objection(item).isEmpty()) {
                pattern.names.add(new TopicName(item));
            } else {
                pattern.patterns.add(expression(option, item));
            }
        }
        return pattern;
    }

    private static Pattern expression(String option, String item) {
        try {
            return Pattern.compile(item);
        } catch (PatternSyntaxException e) {
            throw new UsageException(option + ": '" + item + "' is neither a topic's name nor a regular expression: "
                    + e.getDescription());
        }
    }

    /** The topics that are named, not described. */
    List<TopicName> names() {
        return names;
    }

    boolean matches(TopicName topic) {
        return names.contains(topic)
                || patterns.stream()
                        .anyMatch(pattern -> pattern.matcher(topic.value()).matches());
    }

    @Override
    public String toString() {
        return text;
    }
}
