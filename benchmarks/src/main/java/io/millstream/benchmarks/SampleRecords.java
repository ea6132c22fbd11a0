package io.millstream.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Values like those of an event stream: JSON-like lines of one size, distinct, about three times compressible. */
final class SampleRecords {

    private static final int DISTINCT = 5_000;
    private static final long SEED = 20_261_122;

    private final byte[][] values = new byte[DISTINCT][];

    SampleRecords(int valueBytes) {
        Random random = new Random(SEED);
        for (int i = 0; i < DISTINCT; i++) {
            StringBuilder line = new StringBuilder(valueBytes + 64);
            while (line.length() < valueBytes) {
                line.append("{\"user\":\"u").append(random.nextInt(1_000_000));
                line.append("\",\"page\":\"/articles/").append(random.nextInt(10_000));
                line.append("\",\"millis\":").append(random.nextInt(5_000));
                line.append(",\"ref\":\"")
                        .append(Long.toHexString(random.nextLong()))
                        .append("\"}");
            }
            values[i] = line.substring(0, valueBytes).getBytes(StandardCharsets.US_ASCII);
        }
    }

    byte[] value(long number) {
        return values[(int) (number % DISTINCT)];
    }
}
