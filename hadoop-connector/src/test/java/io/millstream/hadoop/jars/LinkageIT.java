package io.millstream.hadoop.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field and method that the shaded jar's own classes use is there, with exactly that descriptor, on the class path of each
 * distribution: no code path of a job ends in a NoSuchMethodError.
 */
final class LinkageIT {

    /** The commands, and what ingest's tasks do with Parquet: of the job jar, which has these libraries. */
    private static final Pattern OF_THE_JOB_JAR =
            Pattern.compile("picocli/.*|org/apache/parquet/.*|me/tongfei/.*|shaded/parquet/.*");

    /** Their methods have any descriptor. */
    private static final Set<String> POLYMORPHIC =
            Set.of("java/lang/invoke/MethodHandle", "java/lang/invoke/VarHandle");

    static List<String> distributions() throws IOException {
        return Jars.distributions();
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void all_that_our_classes_use_is_there(String distribution) throws IOException {
        List<URL> path = new ArrayList<>();
        for (Path jar : Jars.distribution(distribution)) {
            path.add(jar.toUri().toURL());
        }
        path.add(Jars.shaded().toUri().toURL());
        Set<String> missing = new TreeSet<>();
        try (JarFile shaded = new JarFile(Jars.shaded().toFile());
                URLClassLoader loader =
                        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Classes classes = new Classes(loader);
            for (JarEntry entry : shaded.stream().toList()) {
                String name = entry.getName();
                if (name.startsWith("io/millstream/") && !name.contains("/shaded/") && name.endsWith(".class")) {
                    for (ClassFile.Reference each : classes.of(name.substring(0, name.length() - ".class".length()))
                            .orElseThrow()
                            .references()) {
                        if (!classes.has(each)) {
                            missing.add(each + " used by " + name);
                        }
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    /** Classes by name, each read once. */
    private static final class Classes {

        private final ClassLoader loader;
        private final Map<String, Optional<ClassFile>> read = new HashMap<>();

        Classes(ClassLoader loader) {
            this.loader = loader;
        }

        boolean has(ClassFile.Reference reference) throws IOException {
            String owner = reference.owner();
            return owner.startsWith("[")
                    || POLYMORPHIC.contains(owner)
                    || OF_THE_JOB_JAR.matcher(owner).matches()
                    || has(owner, reference.member());
        }

        private boolean has(String owner, String member) throws IOException {
            if (OF_THE_JOB_JAR.matcher(owner).matches()) {
                return true; // inherited from there
            }
            Optional<ClassFile> file = of(owner);
            if (file.isEmpty()) {
                return false;
            }
            if (file.get().members().contains(member)) {
                return true;
            }
            for (String above : file.get().above()) {
                if (has(above, member)) {
                    return true;
                }
            }
            return false;
        }

        Optional<ClassFile> of(String name) throws IOException {
            Optional<ClassFile> known = read.get(name);
            if (known == null) {
                try (InputStream in = loader.getResourceAsStream(name + ".class")) {
                    known = in == null ? Optional.empty() : Optional.of(ClassFile.read(in));
                }
                read.put(name, known);
            }
            return known;
        }
    }
}
