package io.millstream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millstream schemas}: what people do with the schema registry. */
@Command(
        name = "schemas",
        description = "Looks at the schema registry and changes it, over its REST API.",
        mixinStandardHelpOptions = true,
        subcommands = {
            SchemasList.class,
            SchemasGet.class,
            SchemasRegister.class,
            SchemasCheck.class,
            SchemasDiff.class,
            SchemasDelete.class,
            SchemasConfig.class
        },
        sortOptions = false)
final class SchemasCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "No command given");
    }
}
