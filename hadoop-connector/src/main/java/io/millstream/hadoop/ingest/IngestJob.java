package io.millstream.hadoop.ingest;

import io.millstream.client.ClientException;
import io.millstream.coordination.CoordinationException;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.schemas.SchemaException;
import java.io.IOException;
import java.io.PrintStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.util.GenericOptionsParser;
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

    private final Surroundings surroundings;
    private final PrintStream out;
    private final PrintStream err;

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
        System.exit(new IngestJob().run(args));
    }

    @Override
    public int run(String[] args) {
        try {
            return execute(args);
        } catch (UsageException | CommandLine.ParameterException e) {
            err.println("millstream: " + e.getMessage() + ". See millstream ingest --help");
            return BAD_USAGE;
        } catch (IngestException | CoordinationException | ClientException | SchemaException | IOException e) {
            log.debug("Ingest failed", e);
            err.println("millstream: " + oneLine(e));
            return FAILED;
        } catch (RuntimeException e) { // a defect, or Hadoop's: the log has where, the user a line
            log.error("Ingest failed", e);
            err.println("millstream: " + e.getClass().getSimpleName() + ": " + oneLine(e));
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
