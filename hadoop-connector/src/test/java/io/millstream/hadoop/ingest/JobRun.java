package io.millstream.hadoop.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millstream.coordination.Coordination;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/**
 * The outcome of a command.
 *
 * @param exit its exit code
 * @param out what it printed on stdout
 * @param err what it printed on stderr
 */
record JobRun(int exit, String out, String err) {

    /** Runs the command in this process. */
    static JobRun of(Configuration conf, Function<String, Coordination> zooKeeper, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(Clock.system(), Entropy.system(), zooKeeper, Map.of());
        IngestJob job =
                new IngestJob(surroundings, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
        job.setConf(conf);
        int exit = job.run(args);
        return new JobRun(exit, out.toString(UTF_8), err.toString(UTF_8));
    }
}
