package io.millstream.hadoop.jars;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is in the jars that others put beside their own libraries, and what must not be. */
final class JarContentsIT {

    /** Native code has the names of its classes in it, so that these two cannot move. */
    private static final String NATIVE_CODECS = "com/github/luben/zstd/.*|org/xerial/snappy/.*"
            + "|(aix|darwin|freebsd|linux|win)/[a-z0-9_]+/libzstd-jni-[0-9.-]+\\.(so|dylib|dll)";

    private static final String DESCRIPTIONS = "META-INF/(MANIFEST\\.MF|LICENSE|NOTICE|NOTICE\\.txt|THIRD-PARTY\\.txt"
            + "|FastDoubleParser(-ThirdParty)?-LICENSE|Schubfach-LICENSE)";

    private static final Pattern ALLOWED = Pattern.compile(
            "io/millstream/.*|" + NATIVE_CODECS + "|" + DESCRIPTIONS
                    + "|META-INF/native/libio_millstream_shaded_netty_[a-z0-9_]+\\.so|META-INF/services/io\\.millstream\\.shaded\\..*");

    private static final Pattern MOVED = Pattern.compile(
            "(?<!io[/.]millstream[/.]shaded[/.])\\b(io[/.]netty|org[/.]apache[/.](curator|zookeeper|jute|commons[/.]io)"
                    + "|com[/.]fasterxml[/.]jackson|com[/.]codahale|net[/.]jpountz)[/.]");

    @Test
    void the_shaded_jar_has_nothing_under_names_that_others_use_too() throws IOException {
        try (JarFile jar = new JarFile(Jars.shaded().toFile())) {
            assertThat(files(jar).stream().filter(name -> !ALLOWED.matcher(name).matches()))
                    .isEmpty();
            assertThat(files(jar))
                    .contains(
                            "io/millstream/shaded/io/netty/channel/epoll/Epoll.class",
                            "io/millstream/shaded/org/apache/zookeeper/ZooKeeper.class",
                            "io/millstream/shaded/org/apache/curator/CuratorZookeeperClient.class",
                            "io/millstream/shaded/com/fasterxml/jackson/databind/ObjectMapper.class",
                            "io/millstream/shaded/net/jpountz/lz4/LZ4Factory.class",
                            "META-INF/native/libio_millstream_shaded_netty_transport_native_epoll_x86_64.so",
                            "META-INF/native/libio_millstream_shaded_netty_transport_native_epoll_aarch_64.so");
        }
    }

    @Test
    void no_class_of_ours_in_it_speaks_of_a_library_by_the_name_it_had() throws IOException {
        TreeSet<String> found = new TreeSet<>();
        try (JarFile jar = new JarFile(Jars.shaded().toFile())) {
            for (String name : files(jar)) {
                if (name.startsWith("io/millstream/") && name.endsWith(".class") && !name.contains("/shaded/")) {
                    try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
                        ClassFile.read(in).texts().stream()
                                .filter(text -> MOVED.matcher(text).find())
                                .forEach(text -> found.add(name + ": " + text));
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void services_are_those_of_the_moved_libraries_and_their_classes_are_there() throws IOException {
        try (JarFile jar = new JarFile(Jars.shaded().toFile())) {
            List<String> services = files(jar).stream()
                    .filter(name -> name.startsWith("META-INF/services/"))
                    .toList();
            assertThat(services).isNotEmpty();
            for (String service : services) {
                String interfaceName = service.substring("META-INF/services/".length());
                assertThat(text(jar, service).lines().map(String::strip).filter(line -> !line.isEmpty()))
                        .isNotEmpty()
                        .allSatisfy(provider -> assertThat(jar.getEntry(classFile(provider)))
                                .as(provider)
                                .isNotNull());
                assertThat(jar.getEntry(classFile(interfaceName)))
                        .as(interfaceName)
                        .isNotNull();
            }
        }
    }

    @Test
    void licences_are_kept_and_each_library_is_named() throws IOException {
        try (JarFile jar = new JarFile(Jars.shaded().toFile())) {
            assertThat(text(jar, "META-INF/LICENSE")).isEqualTo(Files.readString(Path.of("..", "LICENSE")));
            assertThat(text(jar, "META-INF/NOTICE")).contains("Curator", "Jackson");
            assertThat(text(jar, "META-INF/NOTICE.txt")).contains("Commons IO");
            assertThat(text(jar, "META-INF/Schubfach-LICENSE")).isNotEmpty();
            assertThat(text(jar, "META-INF/FastDoubleParser-LICENSE")).isNotEmpty();
            assertThat(text(jar, "META-INF/THIRD-PARTY.txt"))
                    .contains("Netty", "Curator", "ZooKeeper", "Commons IO", "Metrics", "Jackson", "lz4-java")
                    .contains("snappy-java", "zstd-jni", "Meta Platforms", "Google Inc.");
        }
    }

    @Test
    void the_job_jar_has_all_of_it_and_in_lib_what_hadoop_has_not() throws IOException {
        try (JarFile job = new JarFile(Jars.job().toFile());
                JarFile shaded = new JarFile(Jars.shaded().toFile())) {
            List<String> libraries = files(job).stream()
                    .filter(name -> name.startsWith("lib/"))
                    .map(name -> name.replaceAll("^lib/|-[0-9].*", ""))
                    .toList();
            assertThat(libraries)
                    .contains("avro", "parquet-avro", "parquet-hadoop", "jackson-databind", "picocli", "progressbar")
                    .noneMatch(
                            name -> name.matches("(hadoop|slf4j|logback|log4j|netty|curator|zookeeper|millstream).*"))
                    .doesNotHaveDuplicates();
            Set<String> rest = new TreeSet<>(files(job));
            rest.removeIf(name -> name.startsWith("lib/"));
            assertThat(rest).isEqualTo(new TreeSet<>(files(shaded)));
            Attributes manifest = job.getManifest().getMainAttributes();
            assertThat(manifest.getValue(Attributes.Name.MAIN_CLASS)).isEqualTo("io.millstream.hadoop.HadoopMain");
            assertThat(manifest.getValue("Millstream-Job")).isEqualTo("complete");
        }
    }

    private static List<String> files(JarFile jar) {
        return jar.stream()
                .filter(entry -> !entry.isDirectory())
                .map(JarEntry::getName)
                .toList();
    }

    private static String text(JarFile jar, String name) throws IOException {
        JarEntry entry = jar.getJarEntry(name);
        assertThat(entry).as(name).isNotNull();
        try (InputStream in = jar.getInputStream(entry)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static String classFile(String name) {
        return name.replace('.', '/') + ".class";
    }
}
