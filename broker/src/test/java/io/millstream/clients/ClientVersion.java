package io.millstream.clients;

import io.millstream.fixture.BrokerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * One version of Kafka's Java client: the jars that the build put into a directory named after it, and a class loader in which
 * these, and the suites, hide whatever version the tests themselves have.
 */
final class ClientVersion implements AutoCloseable {

    private static final Path HOME = Path.of("target", "clients");

    private final String name;
    private final Loader loader;
    private final List<ClientSuite> suites = new ArrayList<>();

    private ClientVersion(Path directory) {
        name = directory.getFileName().toString();
        loader = new Loader(Stream.concat(jars(directory).stream(), Stream.of(testClasses()))
                .toArray(URL[]::new));
    }

    /** All that the build resolved; see {@code broker/pom.xml}. */
    static List<ClientVersion> all() throws IOException {
        try (Stream<Path> directories = Files.list(HOME)) {
            return directories.sorted().map(ClientVersion::new).toList();
        }
    }

    private static List<URL> jars(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(ClientVersion::url).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URL testClasses() {
        return ClientVersion.class.getProtectionDomain().getCodeSource().getLocation();
    }

    String name() {
        return name;
    }

    /** The version that the jars themselves say they are. */
    String loadedVersion() throws IOException {
        try (InputStream in = loader.getResourceAsStream("kafka/kafka-version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        }
    }

    /** The tests of a suite, named by its class, run with this version's classes. */
    Stream<DynamicTest> tests(String suite, BrokerProcess broker) throws ReflectiveOperationException {
        ClientSuite loaded =
                (ClientSuite) loader.loadClass(suite).getDeclaredConstructor().newInstance();
        suites.add(loaded);
        Runnable restart = () -> {
            broker.terminate();
            broker.restart();
        };
        return loaded.tests(new Target(broker.bootstrap(), name, restart)).stream()
                .map(test -> DynamicTest.dynamicTest(test.getDisplayName(), () -> {
                    Thread thread = Thread.currentThread();
                    ClassLoader before = thread.getContextClassLoader();
                    thread.setContextClassLoader(loader);
                    try {
                        test.getExecutable().execute();
                    } finally {
                        thread.setContextClassLoader(before);
                    }
                }));
    }

    @Override
    public void close() throws IOException {
        suites.forEach(ClientSuite::close);
        loader.close();
    }

    /** Looks here first for the client, its codecs and the suites; everything else is the tests'. */
    private static final class Loader extends URLClassLoader {

        private static final List<String> OWN = List.of(
                "org.apache.kafka.",
                "net.jpountz.",
                "org.xerial.snappy.",
                "com.github.luben.zstd.",
                "io.millstream.clients.suite.");

        Loader(URL[] jars) {
            super(jars, ClientVersion.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (OWN.stream().noneMatch(name::startsWith)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }

        /** Native libraries and the client's version are resources. */
        @Override
        public URL getResource(String name) {
            URL own = findResource(name);
            return own == null ? super.getResource(name) : own;
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            Enumeration<URL> own = findResources(name);
            return own.hasMoreElements() ? own : super.getResources(name);
        }
    }
}
