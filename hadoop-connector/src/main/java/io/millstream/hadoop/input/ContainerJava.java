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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which Java a job's containers will run, as far as its driver can tell: a container's {@code JAVA_HOME} is set by one of
 * the settings named here, and the JDK it names has a file that says its version. The file is looked for on the driver's
 * machine, which in most clusters has its JDKs where the nodes have them. What cannot be told is not refused: the container
 * itself fails then, by {@code UnsupportedClassVersionError}.
 */
public final class ContainerJava {

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

    private static final Logger log = LoggerFactory.getLogger(ContainerJava.class);

    private ContainerJava() {}

    /** @throws InputException if a setting names a JDK that is too old */
    public static void ensureNewEnough(Configuration conf) throws InputException {
        if (!"yarn".equals(conf.getTrimmed("mapreduce.framework.name"))) {
            return; // tasks run in this process
        }
        for (String setting : SETTINGS) {
            Optional<String> home = home(setting, conf.getTrimmed(setting));
            Optional<Integer> version = home.isEmpty() ? Optional.empty() : version(home.get());
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

    /** Empty if it cannot be told here: what is named is no path, is not there, may not be read, or says something else. */
    private static Optional<Integer> version(String home) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(home, "release"), StandardCharsets.UTF_8)) {
            properties.load(in);
            Matcher matcher = VERSION.matcher(properties.getProperty("JAVA_VERSION", ""));
            return matcher.matches() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            log.debug("The Java of {} cannot be told here", home, e);
            return Optional.empty();
        }
    }
}
