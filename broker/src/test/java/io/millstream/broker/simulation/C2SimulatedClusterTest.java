package io.millstream.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.netty.util.ResourceLeakDetector;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * C2: clusters of the production classes, each with its faults, in one thread: nothing acknowledged is lost, stored twice
 * or out of order, nothing read is taken back, replicas are equal, no term has two leaders, and all go on when faults end.
 * {@code -Dseed=N} replays one run with its log, {@code -Dclusters=N} tries so many, {@code -Dfirst=N} from
 * that seed on.
 */
final class C2SimulatedClusterTest {

    private static final int SEEDS = 300;
    private static final int REPLICAS = 3;
    private static final int MIN_IN_SYNC = 2;

    private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.millstream");
    private static final Level LEVEL = LOG.getLevel();
    private static final ResourceLeakDetector.Level LEAKS = ResourceLeakDetector.getLevel();

    @BeforeAll
    static void beSilent() {
        if (Long.getLong("seed") == null) {
            LOG.setLevel(Level.OFF); // faults are what is asked for
        }
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // processes that die leave buffers behind
    }

    @AfterAll
    static void speak() {
        LOG.setLevel(LEVEL);
        ResourceLeakDetector.setLevel(LEAKS);
    }

    @Test
    void c2_whateverBefallsAClusterItKeepsWhatItPromised() {
        Long one = Long.getLong("seed");
        if (one != null) {
            replay(one);
            return;
        }
        int seeds = Integer.getInteger("clusters", SEEDS);
        long first = Long.getLong("first", 0);
        for (long seed = first; seed < first + seeds; seed++) {
            replay(seed);
        }
    }

    /** Seeds that once found something; what that was is said where it was put right. */
    @ParameterizedTest(name = "-Dseed={0}")
    @ValueSource(longs = {20, 25, 38, 45, 47, 59, 175, 251, 1341, 5411, 7865, 8788})
    void c2_whatWasFoundOnceIsNotFoundAgain(long seed) {
        replay(seed);
    }

    @Test
    void c2_oneSeedIsOneRun() {
        long seed = Long.getLong("seed", 1);

        long first = replay(seed).scheduler().trace();
        long second = replay(seed).scheduler().trace();

        assertThat(second).as("-Dseed=" + seed).isEqualTo(first);
    }

    private static SimCluster replay(long seed) {
        try {
            return SimCluster.run(seed, plan(seed));
        } catch (AssertionError e) {
            throw new AssertionError("-Dseed=" + seed + " replays this: " + e.getMessage(), e);
        }
    }

    static SimPlan plan(long seed) {
        return SimPlan.of(new Random(seed), REPLICAS, MIN_IN_SYNC);
    }
}
