package io.millstream.cli;

import io.millstream.schemas.SchemaAdmin;
import io.millstream.schemas.SchemaClient;
import io.millstream.schemas.SchemaClientSettings;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --registry URL}: where schemas are asked for. */
final class RegistryOption {

    private static final String DEFAULT = "http://localhost:8081";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-r", "--registry"},
            paramLabel = "URL",
            defaultValue = "${env:MILLSTREAM_REGISTRY:-" + DEFAULT + "}",
            description = "The schema registry: the HTTP endpoint of a broker, or of several with commas between "
                    + "(MILLSTREAM_REGISTRY, or " + DEFAULT + ").")
    private String registry;

    SchemaAdmin admin() {
        return SchemaAdmin.of(settings());
    }

    SchemaClient client() {
        return SchemaClient.of(settings());
    }

    private SchemaClientSettings settings() {
        try {
            return SchemaClientSettings.parse(registry);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(command.commandLine(), "--registry: " + e.getMessage(), e);
        }
    }
}
