package io.millstream.hadoop.ingest;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.apache.hadoop.mapred.JobConf;

/** The jar that has all classes which tasks on other machines need. */
final class JobJar {

    /** Where the launcher says it is. */
    static final String VARIABLE = "MILLSTREAM_JOB_JAR";

    /** Only the job jar's manifest has this. */
    private static final String COMPLETE = "Millstream-Job";

    private JobJar() {}

    /**
     * The one that the environment names, or else the one that this class was loaded from, as by {@code hadoop jar}.
     *
     * @return a path; empty if there is none, as where classes and libraries lie beside each other
     */
    static Optional<String> find(Map<String, String> environment) throws IOException {
        String named = environment.getOrDefault(VARIABLE, "");
        if (!named.isEmpty()) {
            return Optional.of(named);
        }
        String own = JobConf.findContainingJar(JobJar.class);
        return own != null && isComplete(own) ? Optional.of(own) : Optional.empty();
    }

    private static boolean isComplete(String jar) throws IOException {
        try (JarFile file = new JarFile(jar)) {
            Manifest manifest = file.getManifest();
            return manifest != null && manifest.getMainAttributes().getValue(COMPLETE) != null;
        }
    }
}
