package io.millstream.hadoop.input;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * Which Java a job's containers will run, as far as its driver can tell: a container's {@code JAVA_HOME} is set by one of
 * the settings named here, and the JDK it names has a file that says its version. The file is looked for on the driver's
 * machine, which in most clusters has its JDKs where the nodes have them. What cannot be told is not refused: the container
 * itself fails then, by {@code UnsupportedClassVersionError}.
 */
final class ContainerJava {

    /** Class files of this project are of this version. */
    static final int OLDEST = 17;

    /** Later ones are looked at first; each sets the environment of containers that run code of ours. */
    private static final List<String> SETTINGS = List.of(
            "mapreduce.map.env.JAVA_HOME",
            "mapreduce.map.env",
            "mapreduce.reduce.env.JAVA_HOME",
            "mapreduce.reduce.env",
            "yarn.app.mapreduce.am.env.JAVA_HOME",
            "yarn.app.mapreduce.am.env",
            "mapreduce.admin.user.env",
            "yarn.app.mapreduce.am.admin.user.env");

    private static final Pattern IN_LIST = Pattern.compile("(?:^|,)\\s*JAVA_HOME\\s*=\\s*([^,]+)");
    private static final Pattern VERSION = Pattern.compile("\"?(?:1\\.)?(\\d+).*");

    private ContainerJava() {}

    /** @throws InputException if a setting names a JDK that is too old */
    static void ensureNewEnough(Configuration conf) throws IOException {
        if (!"yarn".equals(conf.getTrimmed("mapreduce.framework.name"))) {
            return; // tasks run in this process
        }
        for (String setting : SETTINGS) {
            Optional<String> home = home(setting, conf.getTrimmed(setting));
            Optional<Integer> version = home.isEmpty() ? Optional.empty() : version(Path.of(home.get()));
            if (version.isPresent() && version.get() < OLDEST) {
                throw new InputException(
                        "Containers would run Java " + version.get() + ": " + setting + " sets JAVA_HOME to "
                                + home.get() + ", and Millstream needs Java " + OLDEST
                                + "; set mapreduce.map.env, mapreduce.reduce.env and yarn.app.mapreduce.am.env to JAVA_HOME=<a JDK "
                                + OLDEST + " on every node>");
            }
        }
    }

    private static Optional<String> home(String setting, String value) {
        if (value == null || value.isEmpty()) {
            return Optional.empty();
        }
        if (setting.endsWith(".JAVA_HOME")) {
            return Optional.of(value);
        }
        Matcher matcher = IN_LIST.matcher(value);
        return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
    }

    /** Empty if it cannot be told here. */
    private static Optional<Integer> version(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isRegularFile(release)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(release, StandardCharsets.UTF_8)) {
            properties.load(in);
        }
        Matcher matcher = VERSION.matcher(properties.getProperty("JAVA_VERSION", ""));
        return matcher.matches() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
    }
}
