package io.millstream.wire.message;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * W2: messages of every API, version and direction, damaged at random. {@code -Dmillstream.fuzz.frames=20000000} makes so
 * many instead of a quick selection, and {@code -Dmillstream.seed} begins with the seed that a failure names.
 */
class W2FuzzTest {

    private static final long FIRST_SEED = Long.getLong("millstream.seed", 0);
    private static final long FRAMES = Long.getLong("millstream.fuzz.frames", 200_000);
    private static final int MUTANTS_PER_MESSAGE = 50;

    /** Damage to long messages mostly hits the insides of strings. */
    private static final int LONGEST_BYTES = 4_000;

    static Stream<Message> all() {
        return Message.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void mutantsAreReadOrRefused(Message kind) throws Exception {
        long messages = 1 + FRAMES / Message.all().count() / MUTANTS_PER_MESSAGE;
        for (long seed = FIRST_SEED; messages > 0; seed++) {
            byte[] valid = Frames.write(kind, new RandomMessages(new RandomValues(seed)).next(kind));
            if (valid.length > LONGEST_BYTES) {
                continue;
            }
            messages--;
            Mutations mutations = new Mutations(seed);
            for (int i = 0; i < MUTANTS_PER_MESSAGE; i++) {
                HostileFrames.readOrRefuse(kind, mutations.mutate(valid), "seed " + seed + ", mutant " + i);
            }
        }
    }
}
