package io.millstream.schemas;

import io.millstream.schemas.Subject.Version;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.avro.Schema;

/**
 * Whether a proposed schema gets on with versions of its subject. Remembers its last answer: a registration that is tried
 * again because others were faster checks again only if what it is checked against changed. Not safe for use by several
 * threads.
 */
final class CompatibilityCheck {

    /** What can be parsed in the time of a step, roughly: versions of long texts use up the steps by that alone. */
    private static final int CHARACTERS_A_STEP = 25;

    /** @param proposed the schema's hash: cheaper to compare */
    private record Question(CompatibilityLevel level, String proposed, List<Version> earlier) {}

    private Question last;
    private List<String> answer;

    /**
     * Why they do not go together, in one line each; empty if they do.
     *
     * @param earlier ascending
     * @param byId knows the schemas of those
     */
    List<String> messages(
            CompatibilityLevel level, ParsedSchema proposed, List<Version> earlier, IntFunction<ParsedSchema> byId) {
        List<Version> asked =
                level.isTransitive() ? earlier : earlier.subList(Math.max(0, earlier.size() - 1), earlier.size());
        Question question = new Question(level, proposed.hash(), List.copyOf(asked));
        if (!question.equals(last)) {
            answer = messages(question, proposed.schema(), byId);
            last = question;
        }
        return answer;
    }

    private static List<String> messages(Question question, Schema proposed, IntFunction<ParsedSchema> byId) {
        if (question.level == CompatibilityLevel.NONE) {
            return List.of();
        }
        List<Version> earlier = question.earlier;
        Work work = new Work(Compatibility.MAX_STEPS);
        IntFunction<Schema> schemas = i -> {
            ParsedSchema schema = byId.apply(earlier.get(i).id());
            work.spend(schema.text().length() / CHARACTERS_A_STEP);
            return schema.schema();
        };
        return Compatibility.check(question.level, proposed, earlier.size(), schemas, work).stream()
                .map(found -> found.message(
                        "version " + question.earlier.get(found.earlier()).version()))
                .toList();
    }
}
