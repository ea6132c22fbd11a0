package io.millstream.cli;

import io.millstream.broker.BrokerStartException;
import io.millstream.broker.config.InvalidConfigException;
import io.millstream.client.ClientException;
import io.millstream.schemas.SchemaException;
import java.io.IOException;
import java.io.PrintWriter;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** How commands end that did not succeed. */
final class Failures {

    private static final String PREFIX = "millstream: ";

    private Failures() {}

    /** A command failed: exit code 1, or 2 if by an argument. */
    static int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        if (failure instanceof CommandLine.TypeConversionException wrong) {
            // An argument that only the command itself could tell the meaning of.
            return misused(new CommandLine.ParameterException(command, wrong.getMessage(), wrong), new String[0]);
        }
        String line;
        if (failure instanceof StandardOutput.LostException) {
            return ExitCode.OK; // whoever runs the command asks what was lost, and whether anybody cares
        } else if (failure instanceof FailureException known) {
            line = sentences(known.getMessage(), known.advice());
        } else if (failure instanceof BrokerStartException known) {
            line = sentences(known.getMessage(), known.advice());
        } else if (failure instanceof InvalidConfigException known) {
            line = sentences(known.getMessage(), "Correct the setting; nothing was started");
        } else if (failure instanceof SchemaException known) {
            line = sentences(known.getMessage(), advice(known.reason()));
        } else if (failure instanceof ClientException known) {
            line = sentences(known.getMessage(), "Check --bootstrap, and the brokers");
        } else {
            LoggerFactory.getLogger(Failures.class).error("Unexpected failure", failure);
            line = sentences("Unexpected failure: " + failure, "Run it again with -v and report what it says");
        }
        print(command.getErr(), line);
        return ExitCode.SOFTWARE;
    }

    private static String advice(SchemaException.Reason reason) {
        return switch (reason) {
            case UNAVAILABLE, TIMED_OUT -> "Check --registry, or try again";
            case INCOMPATIBLE -> "See what schemas check says, or schemas config";
            case NOT_FOUND, SUBJECT_NOT_FOUND, VERSION_NOT_FOUND, SUBJECT_SOFT_DELETED, VERSION_SOFT_DELETED ->
                "See what schemas list says";
            default -> "Correct what it names; nothing was changed";
        };
    }

    /** Not all that a command printed could be written: exit code 1, whatever else it did. */
    static int unwritten(IOException why, CommandLine command) {
        print(
                command.getErr(),
                sentences(
                        "Cannot write to standard output (" + why.getMessage() + ")",
                        "What is printed there is cut short: make room, and run it again"));
        return ExitCode.SOFTWARE;
    }

    /** A command was used in a way it cannot be: exit code 2. */
    static int misused(CommandLine.ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        print(command.getErr(), sentences(failure.getMessage(), "See " + name + " --help"));
        return ExitCode.USAGE;
    }

    /** Something to know, though the command goes on. */
    static void notice(CommandLine command, String sentence) {
        print(command.getErr(), sentence);
    }

    private static void print(PrintWriter err, String line) {
        err.println(PREFIX + line);
        err.flush();
    }

    /** One line: line breaks in messages of others become spaces. */
    private static String sentences(String what, String advice) {
        return (ended(what) + " " + ended(advice)).replaceAll("\\s*\\R\\s*", " ");
    }

    private static String ended(String sentence) {
        return sentence.endsWith(".") || sentence.endsWith("?") ? sentence : sentence + ".";
    }
}
