package io.millstream.hadoop.ingest;

import io.millstream.client.ClientException;
import io.millstream.coordination.CoordinationException;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.schemas.SchemaException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.GenericOptionsParser;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.hadoop.util.Tool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * {@code millstream ingest}: the hourly ingest job as a Hadoop tool. Exit codes: 0 done, 1 failed, 2 bad usage. Data goes to
 * stdout, progress and errors, of one line each, to stderr.
 */
public final class IngestJob extends Configured implements Tool {

    private static final Logger log = LoggerFactory.getLogger(IngestJob.class);

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int BAD_USAGE = 2;
    private static final int BEFORE_FILE_SYSTEMS_CLOSE = FileSystem.SHUTDOWN_HOOK_PRIORITY + 1;

    private final Surroundings surroundings;
    private final PrintStream out;
    private final PrintStream err;
    private final AtomicBoolean over = new AtomicBoolean(); // whether there is no more to be said
    private volatile IngestSession running; // null while there is none

    /** The tool on this machine, printing on stdout and stderr. */
    public IngestJob() {
        this(Surroundings.system(), System.out, System.err);
    }

    IngestJob(Surroundings surroundings, PrintStream out, PrintStream err) {
        this.surroundings = surroundings;
        this.out = out;
        this.err = err;
    }

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        IngestJob job = new IngestJob();
        ShutdownHookManager.get().addShutdownHook(job::stopped, BEFORE_FILE_SYSTEMS_CLOSE);
        int code = job.run(args);
        job.over.set(true);
        System.exit(code);
    }

    /** The process ends before the run does: by Ctrl-C or a signal. What fails from now on fails because of that. */
    void stopped() {
        if (over.compareAndSet(false, true)) {
            err.println(
                    "millstream: Stopped before the end; nothing is lost: the next run of this job goes on from here");
            IngestSession left = running;
            if (left != null) {
                left.close(); // with its ZooKeeper session, or the next run would have to wait until that has timed out
            }
        }
    }

    private void fail(String message) {
        if (!over.get()) {
            err.println("millstream: " + message);
        }
    }

    @Override
    public int run(String[] args) {
        try {
            return execute(args);
        } catch (UsageException | CommandLine.ParameterException e) {
            fail(e.getMessage() + ". See millstream ingest --help");
            return BAD_USAGE;
        } catch (IngestException | CoordinationException | ClientException | SchemaException | IOException e) {
            log.debug("Ingest failed", e);
            fail(oneLine(e));
            return FAILED;
        } catch (RuntimeException e) { // a defect, or Hadoop's: the log has where, the user a line
            log.error("Ingest failed", e);
            fail(e.getClass().getSimpleName() + ": " + oneLine(e));
            return FAILED;
        }
    }

    private int execute(String[] args) throws IOException {
        GenericOptions split = GenericOptions.split(args);
        Configuration conf = getConf() == null ? new Configuration() : new Configuration(getConf());
        new GenericOptionsParser(conf, split.generic().toArray(String[]::new));
        IngestCommand command = new IngestCommand();
        CommandLine line = new CommandLine(command);
        line.parseArgs(IngestCommand.withoutCommandWords(split.own()).toArray(String[]::new));
        if (line.isUsageHelpRequested()) {
            line.usage(out);
            return OK;
        }
        if (line.isVersionHelpRequested()) {
            line.printVersionHelp(out);
            return OK;
        }
        command.applyTo(conf);
        KnownKeys.ensureAllKnown(conf);
        Report report = new Report(out, command.json() ? Report.Form.JSON : Report.Form.TEXT);
        try (Progress progress = isTerminal() ? new BarProgress(err) : new LineProgress(err);
                IngestSession session = IngestSession.open(conf, surroundings)) {
            running = session;
            if (command.planOnly()) {
                report.plan(session.plan(progress));
            } else {
                report.run(session.job(), session.run(progress));
            }
        }
        return OK;
    }

    /** Java cannot tell; the launcher can. */
    private boolean isTerminal() {
        return surroundings.environment().containsKey("MILLSTREAM_TERMINAL");
    }

    private static String oneLine(Exception e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.lines().findFirst().orElse(e.toString());
    }
}
