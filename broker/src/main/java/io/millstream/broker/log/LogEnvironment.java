package io.millstream.broker.log;

import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import java.util.function.Function;

/**
 * The world as logs see it.
 *
 * @param disk where files are
 * @param clock wall-clock time for timestamps and retention
 * @param entropy for names of what is being deleted
 * @param loops makes a thread of work from its name
 */
public record LogEnvironment(Disk disk, Clock clock, Entropy entropy, Function<String, Loop> loops) {

    /** This machine. */
    public static LogEnvironment system() {
        return new LogEnvironment(Disk.system(), Clock.system(), Entropy.system(), ThreadLoop::new);
    }
}
