package io.millstream.record;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Random records from a seed. {@code -Dmillstream.seed=N} replays a failure, whose message names the seed. */
final class Seeded {

    private final long seed;
    private final Random random;

    private Seeded(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    static Seeded fresh() {
        Long given = Long.getLong("millstream.seed");
        return new Seeded(given != null ? given : new Random().nextLong());
    }

    static Seeded of(long seed) {
        return new Seeded(seed);
    }

    /** For another round of a loop, with a seed of its own. */
    Seeded next() {
        return Long.getLong("millstream.seed") != null ? new Seeded(seed) : new Seeded(random.nextLong());
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** As many records as fit a small batch, offsets counted from {@code baseOffset}. */
    List<Record> records(long baseOffset) {
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 2000 : 40);
        long timestamp = 1_700_000_000_000L + random.nextInt();
        List<Record> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = random.nextInt(20) == 0 ? random.nextLong() >>> 1 : timestamp + random.nextInt(5000) - 2500;
            records.add(new Record(baseOffset + i, at, bytes(20), bytes(200), headers()));
        }
        return records;
    }

    /** For tests that go over every byte. */
    List<Record> fewRecords() {
        List<Record> records = records(0);
        return records.subList(0, Math.min(12, records.size()));
    }

    private byte[] bytes(int typical) {
        return switch (random.nextInt(20)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> randomBytes(random.nextInt(50 * typical));
            default ->
                ("value " + random.nextInt(1000))
                        .repeat(1 + random.nextInt(typical / 10))
                        .getBytes(StandardCharsets.UTF_8);
        };
    }

    byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A copy with a few bytes changed, a piece cut out, doubled, or random bytes put in. */
    byte[] mutated(byte[] bytes) {
        byte[] copy = bytes.clone();
        switch (random.nextInt(4)) {
            case 0 -> {
                int from = random.nextInt(copy.length);
                byte[] tail =
                        Arrays.copyOfRange(copy, Math.min(copy.length, from + 1 + random.nextInt(20)), copy.length);
                copy = Arrays.copyOf(copy, from + tail.length);
                System.arraycopy(tail, 0, copy, from, tail.length);
            }
            case 1 -> {
                copy = Arrays.copyOf(copy, 2 * copy.length);
                System.arraycopy(bytes, 0, copy, random.nextInt(bytes.length), bytes.length);
            }
            default -> {
                for (int i = random.nextInt(6); i >= 0; i--) {
                    copy[random.nextInt(copy.length)] = (byte) random.nextInt();
                }
            }
        }
        return copy;
    }

    private List<Header> headers() {
        if (random.nextInt(4) > 0) {
            return List.of();
        }
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            headers.add(new Header("schlüssel-" + random.nextInt(3), bytes(10)));
        }
        return headers;
    }

    @Override
    public String toString() {
        return "-Dmillstream.seed=" + seed;
    }
}
