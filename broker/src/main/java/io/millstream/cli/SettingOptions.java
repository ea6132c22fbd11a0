package io.millstream.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Option;

/** {@code --set key=value}, and reading a properties file. */
final class SettingOptions {

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A broker's setting, under Kafka's name; may be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    /** What was set on the command line. */
    Map<String, String> given() {
        return set;
    }

    /** What a file in Kafka's {@code server.properties} format says. */
    static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new FailureException("Cannot read " + file + " (" + e + ")", "Check --config", e);
        }
        Map<String, String> read = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(name -> read.put(name, properties.getProperty(name)));
        return read;
    }
}
