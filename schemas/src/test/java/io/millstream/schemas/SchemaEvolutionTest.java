package io.millstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/**
 * Changes random schemas at random: what is taken as BACKWARD can be read by Avro, whatever was written; of what is refused,
 * some record cannot be read, but for the {@link ConservativeRefusal}s. {@code -Dseed=N} replays one; more of them have been
 * run than a build has time for.
 */
class SchemaEvolutionTest {

    private static final int SEEDS = Integer.getInteger("seeds", 3000);

    private int accepted;
    private int refused;

    @Test
    void whatIsTakenCanBeReadAndWhatIsRefusedBreaksSomeRecord() {
        Long one = Long.getLong("seed");
        if (one != null) {
            run(one);
            return;
        }
        for (long seed = 0; seed < SEEDS; seed++) {
            run(seed);
        }
        // Else the generator has lost what there is to find.
        assertThat(accepted).isGreaterThan(SEEDS / 5);
        assertThat(refused).isGreaterThan(SEEDS / 10);
    }

    private void run(long seed) {
        Random random = new Random(seed);
        RandomSchemas schemas = new RandomSchemas(random);
        JsonNode earlier = schemas.record();
        JsonNode proposed = new RandomEvolution(random, schemas).evolve(earlier);
        Optional<Schema> writer = parse(earlier);
        Optional<Schema> reader = parse(proposed);
        if (writer.isPresent() && reader.isPresent() && !writer.equals(reader)) {
            check("seed " + seed + ": " + earlier + " -> " + proposed, reader.get(), writer.get(), random);
        }
    }

    private void check(String what, Schema reader, Schema writer, Random random) {
        List<Incompatibility> reasons = Compatibility.check(CompatibilityLevel.BACKWARD, reader, List.of(writer));
        Optional<String> failure = AvroReads.failure(reader, writer, random);
        if (reasons.isEmpty()) {
            accepted++;
            assertThat(failure).as("taken, " + what).isEmpty();
            assertThat(AvroReads.checker(reader, writer)).as("taken, " + what).isNotEqualTo("INCOMPATIBLE");
        } else {
            refused++;
            if (failure.isEmpty()) {
                assertThat(reasons).as("refused, " + what).allMatch(SchemaEvolutionTest::isConservative);
            }
        }
    }

    private static boolean isConservative(Incompatibility reason) {
        return Arrays.stream(ConservativeRefusal.values()).anyMatch(it -> it.covers(reason));
    }

    /** Empty if it is not legal. */
    private static Optional<Schema> parse(JsonNode text) {
        try {
            return Optional.of(new Schema.Parser().parse(text.toString()));
        } catch (RuntimeException | StackOverflowError e) {
            return Optional.empty();
        }
    }
}
