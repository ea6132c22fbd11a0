package io.millstream.examples.minicluster;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A job jar as Hadoop takes it, of this process's class path: classes at its root, libraries in its {@code lib}. To be used
 * with {@code mapreduce.job.classloader}, since they are not those of Hadoop.
 */
public final class JobJar {

    /** What containers have, and what only this process needs. */
    private static final List<String> LEFT_OUT = List.of(
            "hadoop-client-",
            "slf4j-",
            "logback-",
            "log4j",
            "kafka-clients",
            "duckdb",
            "millstream-broker",
            "vertx",
            "byte-buddy");

    private static final String JAR = ".jar";

    private JobJar() {}

    /** Writes it. */
    public static void write(Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                if (!entry.isEmpty()) { // the current folder, whatever that has
                    add(zip, Path.of(entry));
                }
            }
        }
    }

    private static void add(ZipOutputStream zip, Path entry) throws IOException {
        String name = String.valueOf(entry.getFileName());
        if (Files.isDirectory(entry)) {
            addFolder(zip, entry);
        } else if (name.endsWith(JAR) && LEFT_OUT.stream().noneMatch(name::startsWith)) {
            zip.putNextEntry(new ZipEntry("lib/" + name));
            Files.copy(entry, zip);
        }
    }

    /** As a jar in {@code lib}: several folders have files of the same name, such as licences. */
    private static void addFolder(ZipOutputStream zip, Path folder) throws IOException {
        String name = Integer.toHexString(folder.toString().hashCode());
        zip.putNextEntry(new ZipEntry("lib/classes-" + name + JAR));
        ZipOutputStream inner = new ZipOutputStream(zip); // not closed, which would close the outer one
        inner.setLevel(Deflater.NO_COMPRESSION);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                inner.putNextEntry(
                        new ZipEntry(folder.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, inner);
            }
        }
        inner.finish();
    }
}
