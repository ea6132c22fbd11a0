package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import io.millstream.schemas.SchemaClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command of {@code schemas}: asks the registry something, and prints lines for people, or JSON. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract class RegistryCommand implements Callable<Integer> {

    /** The place in the help of an option that not all of these commands have: before those that all have. */
    static final int FIRST = -2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON instead, an object to a line.")
    private boolean json;

    @Mixin
    private RegistryOption registry;

    @Mixin
    private Verbosity verbosity;

    @Override
    public final Integer call() {
        verbosity.apply();
        run(registry.admin());
        return CommandLine.ExitCode.OK;
    }

    /** What is different in each command. */
    abstract void run(SchemaAdmin admin);

    /** Schemas by their ids. */
    final SchemaClient client() {
        return registry.client();
    }

    /** Whether JSON is wanted. */
    final boolean json() {
        return json;
    }

    /**
     * Prints one of the two.
     *
     * @param fields of the JSON object, in this order
     * @param lines for people
     */
    final void print(Map<String, ?> fields, List<?> lines) {
        if (json) {
            Output.json(spec.commandLine(), fields);
        } else {
            lines.forEach(each -> Output.line(spec.commandLine(), each));
        }
    }

    final CommandLine.ParameterException misuse(String what) {
        return new CommandLine.ParameterException(spec.commandLine(), what);
    }
}
