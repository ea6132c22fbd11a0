package io.millstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

final class ProducerNumbersTest {

    @Test
    void keysLandWhereKafkasClientsPutThem() {
        long seed = 42;
        Random random = new Random(seed);
        for (int length = 0; length < 200; length++) {
            byte[] key = new byte[length];
            random.nextBytes(key);

            assertThat(Murmur2.hash(key)).as("seed %d length %d", seed, length).isEqualTo(Utils.murmur2(key));
            assertThat(Murmur2.partition(key, 7)).isEqualTo(Utils.toPositive(Utils.murmur2(key)) % 7);
        }
        assertThat(Murmur2.hash("21".getBytes(StandardCharsets.UTF_8))).isEqualTo(-973932308);
    }

    @Test
    void sequencesWrapFromTheLargestIntToZero() {
        assertThat(ProduceBatch.after(0, 10)).isEqualTo(10);
        assertThat(ProduceBatch.after(Integer.MAX_VALUE - 10, 10)).isEqualTo(Integer.MAX_VALUE);
        assertThat(ProduceBatch.after(Integer.MAX_VALUE - 9, 10)).isZero();
        assertThat(ProduceBatch.after(Integer.MAX_VALUE, 1)).isZero();
        assertThat(ProduceBatch.after(Integer.MAX_VALUE, 5)).isEqualTo(4);
    }
}
