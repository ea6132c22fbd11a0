package io.millstream.wire.message;

import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * W2: messages of every API, version and direction, damaged at random. {@code -Dmillstream.fuzz.frames=20000000} makes so
 * many, and {@code -Dmillstream.seed} begins with the seed that a failure names.
 */
class W2FuzzTest {

    private static final long FIRST_SEED = Long.getLong("millstream.seed", 0);
    private static final long FRAMES = Long.getLong("millstream.fuzz.frames", 2_000_000);

    /** Making a message takes as long as fifty mutants of it. */
    private static final int MUTANTS_PER_MESSAGE = 500;

    /** Damage to long messages mostly hits the insides of strings. */
    private static final int LONGEST_BYTES = 4_000;

    static Stream<Message> all() {
        return Message.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void mutantsAreReadOrRefused(Message kind) throws Exception {
        // On a stack of its own: most frames end in an exception, which costs by the depth of the stack.
        FutureTask<Void> fuzz = new FutureTask<>(() -> {
            fuzz(kind);
            return null;
        });
        Thread thread = new Thread(fuzz, "fuzz");
        thread.start();
        thread.join();
        fuzz.get();
    }

    private static void fuzz(Message kind) throws ReflectiveOperationException {
        long messages = 1 + FRAMES / Message.all().count() / MUTANTS_PER_MESSAGE;
        for (long seed = FIRST_SEED; messages > 0; seed++) {
            byte[] valid = Frames.write(kind, new RandomMessages(new RandomValues(seed)).next(kind));
            if (valid.length > LONGEST_BYTES) {
                continue;
            }
            messages--;
            Mutations mutations = new Mutations(seed);
            for (int i = 0; i < MUTANTS_PER_MESSAGE; i++) {
                long ofSeed = seed;
                int mutant = i;
                HostileFrames.readOrRefuse(
                        kind, mutations.mutate(valid), () -> "seed " + ofSeed + ", mutant " + mutant);
            }
        }
    }
}
