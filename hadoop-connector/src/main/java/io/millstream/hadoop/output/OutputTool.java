package io.millstream.hadoop.output;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millstream.client.ClientException;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Versioned;
import io.millstream.hadoop.ingest.GenericOptions;
import io.millstream.hadoop.ingest.UsageException;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.output.Publisher.Before;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.util.GenericOptionsParser;
import org.apache.hadoop.util.Tool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * {@code millstream output}: lists, finishes and gives up publications. Exit codes: 0 done, 1 failed, 2 bad usage. Data goes to
 * stdout, errors, of one line each, to stderr.
 */
public final class OutputTool extends Configured implements Tool {

    private static final Logger log = LoggerFactory.getLogger(OutputTool.class);

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int BAD_USAGE = 2;

    /** Shorter than for a commit: list changes nothing, and somebody waits for it. Longer than a session, to try each server. */
    private static final String LIST_TIMEOUT_MILLIS = "30000";

    private final OutputDoors doors;
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    OutputTool(OutputDoors doors, Map<String, String> environment, PrintStream out, PrintStream err) {
        this.doors = doors;
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        System.exit(new OutputTool(OutputDoors.system(), System.getenv(), System.out, System.err).run(args));
    }

    @Override
    public int run(String[] args) {
        try {
            return execute(args);
        } catch (UsageException | CommandLine.ParameterException e) {
            err.println("millstream: " + e.getMessage() + ". See millstream output --help");
            return BAD_USAGE;
        } catch (CoordinationException | ClientException | IOException e) {
            log.debug("Output failed", e);
            err.println("millstream: " + OutputException.oneLine(e));
            return FAILED;
        }
    }

    private int execute(String[] args) throws IOException {
        GenericOptions split = GenericOptions.split(args);
        Configuration conf = getConf() == null ? new Configuration() : new Configuration(getConf());
        new GenericOptionsParser(conf, split.generic().toArray(String[]::new));
        OutputCommand command = new OutputCommand();
        CommandLine line = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
        List<String> own = split.own();
        boolean named = !own.isEmpty() && own.get(0).equals("output");
        line.parseArgs((named ? own.subList(1, own.size()) : own).toArray(String[]::new));
        if (line.isUsageHelpRequested()) {
            line.usage(out);
            return OK;
        }
        if (line.isVersionHelpRequested()) {
            line.printVersionHelp(out);
            return OK;
        }
        if (command.objection() != null) {
            throw new UsageException(command.objection());
        }
        command.applyTo(conf, environment.get("MILLSTREAM_ZOOKEEPER"));
        if (conf.get(OutputKey.ZOOKEEPER.key()) == null) {
            throw new UsageException("No --zookeeper HOST:PORT (or MILLSTREAM_ZOOKEEPER): decisions are kept there");
        }
        OutputKey.ensureAllKnown(conf);
        if (command.action() == OutputCommand.Action.LIST
                && OutputKey.TIMEOUT.in(conf).isEmpty()) {
            conf.set(OutputKey.TIMEOUT.key(), LIST_TIMEOUT_MILLIS);
        }
        try (OutputSession session = OutputSession.open(conf, doors)) {
            return new Work(session, conf, command).go();
        }
    }

    @FunctionalInterface
    private interface Step {
        void with(String publication) throws IOException;
    }

    private final class Work {

        private final OutputSession session;
        private final Configuration conf;
        private final OutputCommand command;

        private Work(OutputSession session, Configuration conf, OutputCommand command) {
            this.session = session;
            this.conf = conf;
            this.command = command;
        }

        private int go() {
            return switch (command.action()) {
                case LIST -> list();
                case RESUME -> command.all() ? resumeAll() : each(command.publications(), this::resume);
                case ABANDON -> each(command.publications(), this::abandon);
            };
        }

        /** Each for itself: one that cannot be finished does not keep the others. */
        private int each(Collection<String> publications, Step step) {
            int code = OK;
            for (String publication : publications) {
                try {
                    step.with(publication);
                } catch (CoordinationException
                        | ClientException
                        | IngestException
                        | IllegalArgumentException
                        | IOException e) {
                    log.debug("Output failed", e);
                    complain(publication, e);
                    code = FAILED;
                }
            }
            return code;
        }

        private void complain(String publication, Exception failure) {
            complain(publication, OutputException.oneLine(failure));
        }

        private void complain(String publication, String message) {
            boolean named = message.contains(publication);
            err.println("millstream: " + (named ? "" : "Publication " + publication + ": ") + message);
        }

        private int complain(SortedMap<String, String> unreadable) {
            unreadable.forEach(this::complain);
            return unreadable.isEmpty() ? OK : FAILED;
        }

        private int resumeAll() {
            PublicationRegister.Listing all = session.register().all();
            int code = complain(all.unreadable());
            code = Math.max(code, each(all.records().keySet(), name -> {
                Versioned<PublicationRecord> found = all.records().get(name);
                PublicationRecord record = found.value();
                if (record.isOpen()) {
                    resume(name);
                } else if (record.isBegunAnew() && all.isOld(found)) {
                    // Its application master died as hard as the one before it.
                    PublicationRecord now = new Publications(session, conf, () -> {}).abandonAnew(name);
                    out.println(name + " is " + now.shown() + "; nothing was heard of it for a week");
                } else {
                    new Publications(session, conf, () -> {})
                            .clearLeftover(name)
                            .ifPresent(over -> out.println(name + " is " + over.state()
                                    + "; its staging folder was still there and is deleted"));
                }
            }));
            session.register().forgetOld();
            return code;
        }

        private void resume(String publication) throws IOException {
            PublicationRecord standing = session.register()
                    .read(publication)
                    .map(Versioned::value)
                    .orElseThrow(() -> new OutputException("There is no publication " + publication
                            + "; 'millstream output list' names those there are"));
            new Publications(session, conf, () -> {}).finish(publication, standing, Before.ANYBODY);
            out.println(publication + " is PUBLISHED: " + standing.records() + " records");
        }

        private void abandon(String publication) throws IOException {
            Publications.Abandoned over = new Publications(session, conf, () -> {}).abandon(publication);
            out.println(publication + " is " + over.record().state());
            over.warning().ifPresent(warning -> complain(publication, warning));
        }

        private int list() {
            PublicationRegister.Listing all = session.register().all();
            print(all.records());
            return complain(all.unreadable());
        }

        private void print(SortedMap<String, Versioned<PublicationRecord>> all) {
            ArrayNode json = JsonNodeFactory.instance.arrayNode();
            all.forEach((name, record) -> {
                String since = Instant.ofEpochMilli(record.modifiedMillis()).toString();
                PublicationRecord value = record.value();
                if (command.json()) {
                    json.addObject()
                            .put("publication", name)
                            .put("state", value.shown())
                            .put("since", since)
                            .put("records", value.records())
                            .put("group", value.group())
                            .put("staging", value.staging());
                } else {
                    out.printf(
                            "%s  %-10s  since %s  %d records  %s%n",
                            name, value.shown(), since, value.records(), value.staging());
                }
            });
            if (command.json()) {
                out.println(json);
            }
        }
    }
}
