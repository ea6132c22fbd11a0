package io.millstream.hadoop.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which jar tasks on other machines get. */
final class JobJarTest {

    private static final String CLASS_FILE = JobJar.class.getName().replace('.', '/') + ".class";

    @TempDir
    private Path folder;

    @Test
    void the_one_that_the_launcher_names_and_none_where_classes_lie_in_a_folder() throws IOException {
        assertThat(JobJar.find(Map.of(JobJar.VARIABLE, "/opt/job.jar"))).contains("/opt/job.jar");
        assertThat(JobJar.find(Map.of())).isEmpty();
    }

    @Test
    void the_one_it_was_loaded_from_if_that_says_that_it_is_complete() throws Exception {
        assertThat(foundFrom(jar("job.jar", true)))
                .contains(folder.resolve("job.jar").toString());
        assertThat(foundFrom(jar("classes.jar", false))).isEmpty();
    }

    private Path jar(String name, boolean complete) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (complete) {
            manifest.getMainAttributes().putValue("Millstream-Job", "complete");
        }
        Path jar = folder.resolve(name);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                var in = JobJar.class.getClassLoader().getResourceAsStream(CLASS_FILE)) {
            out.putNextEntry(new JarEntry(CLASS_FILE));
            in.transferTo(out);
        }
        return jar;
    }

    private static Optional<String> foundFrom(Path jar) throws Exception {
        try (URLClassLoader loader = new OwnFirst(jar)) {
            var find = loader.loadClass(JobJar.class.getName()).getDeclaredMethod("find", Map.class);
            find.setAccessible(true);
            Optional<?> found = (Optional<?>) find.invoke(null, Map.of());
            return found.map(Object::toString);
        }
    }

    /** Has the class itself; everything else is the test's. */
    private static final class OwnFirst extends URLClassLoader {

        OwnFirst(Path jar) throws MalformedURLException {
            super(new URL[] {jar.toUri().toURL()}, JobJarTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(JobJar.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known == null ? findClass(name) : known;
        }

        @Override
        public URL getResource(String name) {
            return name.equals(CLASS_FILE) ? findResource(name) : super.getResource(name);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            return name.equals(CLASS_FILE) ? findResources(name) : super.getResources(name);
        }
    }
}
