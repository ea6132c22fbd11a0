package io.millstream.cli;

import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Option;

/** How much a command says on standard error. */
final class Verbosity {

    @Option(
            names = {"-v", "--verbose"},
            description = "Say more on standard error; -vv says everything.")
    private boolean[] verbose = {};

    /** The options that say the same to another process. */
    List<String> options() {
        return Collections.nCopies(verbose.length, "-v");
    }

    /** To be called before the first logger is made, which reads these properties (logback.xml). */
    void apply() {
        if (verbose.length > 0) {
            System.setProperty("millstream.log.level", verbose.length > 1 ? "DEBUG" : "INFO");
            System.setProperty("millstream.log.libraries", verbose.length > 1 ? "INFO" : "WARN");
        }
    }
}
