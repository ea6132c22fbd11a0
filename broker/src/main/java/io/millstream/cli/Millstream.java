package io.millstream.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millstream}: entry point of the commands that live in the broker's module. */
@Command(
        name = "millstream",
        description = "A distributed commit log that speaks the Kafka protocol.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Also: demo (the whole story in a minute), ingest (the hourly Hadoop job), output (what jobs publish).",
            "Exit codes: 0 done, 1 failed (one line on standard error says why), 2 bad usage."
        })
public final class Millstream implements Callable<Integer> {

    private static final String HELP = "help";

    private static final List<String> COMMANDS =
            List.of("dev", "broker", "zookeeper", "produce", "consume", "schemas", HELP);

    @Spec
    private CommandSpec spec;

    private Millstream() {}

    /** Runs the command that {@code args} name and exits with its code. */
    public static void main(String[] args) {
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        // Not System.out, which keeps to itself what it could not write.
        System.exit(run(new FileOutputStream(FileDescriptor.out), err, args));
    }

    /** Runs the command that {@code args} name; returns its exit code. */
    static int run(OutputStream out, PrintWriter err, String... args) {
        StandardOutput standard = new StandardOutput(out);
        PrintWriter text = new PrintWriter(standard, true, StandardCharsets.UTF_8);
        CommandLine commands = commandLine(args.length == 0 ? "" : args[0], standard)
                .setOut(text)
                .setErr(err)
                .setExecutionExceptionHandler(Failures::failed)
                .setParameterExceptionHandler(Failures::misused);
        int code = commands.execute(args);
        text.flush();
        return standard.lost() == null ? code : Failures.unwritten(standard.lost(), commands);
    }

    /** Just the command that is wanted, if there is one of that name: to look at all of them takes a good part of a start. */
    private static CommandLine commandLine(String wanted, StandardOutput out) {
        CommandLine all = new CommandLine(new Millstream());
        boolean one = COMMANDS.contains(wanted) && !wanted.equals(HELP);
        (one ? List.of(wanted) : COMMANDS).forEach(each -> all.addSubcommand(each, command(each, out)));
        return all;
    }

    /** A class is not even loaded before it is named here. */
    private static Object command(String name, StandardOutput out) {
        return switch (name) {
            case "dev" -> Dev.class;
            case "broker" -> BrokerCommand.class;
            case "zookeeper" -> ZooKeeperCommand.class;
            case "produce" -> ProduceCommand.class;
            case "consume" -> new ConsumeCommand(out);
            case "schemas" -> SchemasCommand.class;
            case HELP -> CommandLine.HelpCommand.class;
            default -> throw new IllegalArgumentException("No command is called " + name);
        };
    }

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "No command given");
    }
}
