package io.millstream.schemas;

import io.millstream.schemas.Incompatibility.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.avro.Schema;

/**
 * Whether a new schema gets on with earlier ones. Pure; the work is counted, and given up as a refusal.
 *
 * <p>The rules are those of Avro's own checker ({@link org.apache.avro.SchemaCompatibility}, which is asked about each pair
 * of names and leaves), and what it passes though Avro's readers could not read it is refused as well: {@link PairCheck}
 * says how. The checker is not let loose on whole schemas because it recurses, its answers can double in size with each
 * level of nesting, and it loses the path of what lies in a union.
 */
public final class Compatibility {

    /** Steps that one check may take, over all versions: a fifth of a second, or half a one just after the start. */
    static final long MAX_STEPS = 2_000_000;

    /** Most reasons that one check gives. */
    static final int MAX_REASONS = 100;

    private Compatibility() {}

    /**
     * Checks {@code proposed} against {@code earlier} as {@code level} asks.
     *
     * @param earlier oldest first; may be empty
     * @return why it is incompatible, for the newest of the earlier first; empty if it is compatible
     */
    public static List<Incompatibility> check(CompatibilityLevel level, Schema proposed, List<Schema> earlier) {
        return check(level, proposed, earlier, new Work(MAX_STEPS));
    }

    static List<Incompatibility> check(CompatibilityLevel level, Schema proposed, List<Schema> earlier, Work work) {
        return check(level, proposed, earlier.size(), earlier::get, work);
    }

    /**
     * As the others, where schemas cost something to get: each is asked for once, the newest first, when its turn comes.
     *
     * @param count of earlier ones
     * @param earlier by index, oldest first; may count work of its own
     */
    static List<Incompatibility> check(
            CompatibilityLevel level, Schema proposed, int count, IntFunction<Schema> earlier, Work work) {
        List<Incompatibility> reasons = new ArrayList<>();
        int oldest = level.isTransitive() ? 0 : Math.max(0, count - 1);
        for (int i = count - 1; i >= oldest; i--) {
            Schema other = earlier.apply(i);
            for (Direction direction : Direction.values()) {
                if (level.asksFor(direction)) {
                    reasons.addAll(check(direction, proposed, other, i, work));
                }
                if (work.isSpent() || reasons.size() >= MAX_REASONS) {
                    return List.copyOf(reasons.subList(0, Math.min(reasons.size(), MAX_REASONS)));
                }
            }
        }
        return List.copyOf(reasons);
    }

    private static List<Incompatibility> check(
            Direction direction, Schema proposed, Schema earlier, int index, Work work) {
        boolean backward = direction == Direction.BACKWARD;
        PairCheck check = new PairCheck(backward ? proposed : earlier, backward ? earlier : proposed, work);
        return check.run().stream()
                .map(found -> new Incompatibility(
                        direction, index, found.path(), found.clash(), found.reader(), found.writer()))
                .toList();
    }
}
