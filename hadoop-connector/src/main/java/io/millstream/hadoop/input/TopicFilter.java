package io.millstream.hadoop.input;

import io.millstream.core.TopicName;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which topics a job reads.
 *
 * @param names these, which must exist
 * @param pattern and those whose whole name matches, but for the brokers' own
 * @param exclude but none whose whole name matches this
 */
record TopicFilter(SortedSet<TopicName> names, Optional<Pattern> pattern, Optional<Pattern> exclude) {

    /**
     * @param internal which topics are the brokers' own
     * @throws InputException if a topic named does not exist, or none is chosen
     */
    SortedSet<TopicName> choose(Collection<TopicName> existing, Predicate<TopicName> internal) throws InputException {
        for (TopicName name : names) {
            if (!existing.contains(name)) {
                throw new InputException("Topic " + name + " does not exist; check " + InputKey.TOPICS.key());
            }
        }
        NavigableSet<TopicName> chosen = new TreeSet<>(names);
        pattern.ifPresent(wanted -> existing.stream()
                .filter(topic -> wanted.matcher(topic.value()).matches() && !internal.test(topic))
                .forEach(chosen::add));
        exclude.ifPresent(unwanted ->
                chosen.removeIf(topic -> unwanted.matcher(topic.value()).matches()));
        if (chosen.isEmpty()) {
            throw new InputException("No topic is chosen by " + this + "; there are " + existing.size() + " topics");
        }
        return chosen;
    }

    /** Whether a topic of this name is chosen, if it exists. */
    boolean mayChoose(String topic) {
        boolean wanted = names.stream().anyMatch(name -> name.value().equals(topic))
                || pattern.filter(each -> each.matcher(topic).matches()).isPresent();
        return wanted && exclude.filter(each -> each.matcher(topic).matches()).isEmpty();
    }

    @Override
    public String toString() {
        return "names " + names + pattern.map(each -> ", regex " + each).orElse("")
                + exclude.map(each -> ", exclude " + each).orElse("");
    }
}
