package io.millstream.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The order of packages: which may use which. An arrow that is not in the table does not compile, so to speak. */
final class PackageOrderTest {

    private static final String ROOT = "io.millstream.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millstream");

    /** Package to the packages it may use, low to high. Every package stands here; each uses only what is above it. */
    private static final Map<String, Set<String>> MAY_USE = new LinkedHashMap<>();

    static {
        allow("core");
        allow("wire", "core");
        allow("wire.message", "core", "wire");
        allow("record", "core");
        allow("coordination", "core");
        allow("net", "core", "wire", "wire.message");
        allow("client", "core", "wire", "wire.message", "record", "coordination", "net");

        allow("schemas", "core", "coordination");
        allow("schemas.serde", "core", "record", "schemas");
        allow("schemas.kafka", "schemas", "schemas.serde");

        allow("broker.config", "core");
        allow("broker.log", "core", "wire", "record");
        allow("broker.replica", "core", "wire", "wire.message", "record", "coordination", "net", "broker.log");
        allow("broker.controller", "core", "coordination");
        allow("broker.group", "core", "wire", "coordination");
        // broker.log: an answer carries regions of log files.
        allow("broker.server", "core", "wire", "wire.message", "broker.log");
        allow(
                "broker.server.handler",
                "core",
                "wire",
                "wire.message",
                "record",
                "coordination",
                "broker.config",
                "broker.log",
                "broker.replica",
                "broker.controller",
                "broker.group",
                "broker.server");
        allow("broker.http", "core", "schemas");
        allow(
                "broker",
                "core",
                "schemas",
                "wire",
                "wire.message",
                "record",
                "coordination",
                "net",
                "broker.config",
                "broker.log",
                "broker.replica",
                "broker.controller",
                "broker.group",
                "broker.server",
                "broker.server.handler",
                "broker.http");
        allow(
                "cli",
                "core",
                "record",
                "coordination",
                "client",
                "schemas",
                "schemas.serde",
                "broker.config",
                "broker.log",
                "broker");

        allow("hadoop.input", "core", "wire", "record", "coordination", "net", "client", "schemas", "schemas.serde");
        allow("hadoop.ingest.storage", "core");
        allow("hadoop.ingest.document", "core", "hadoop.ingest.storage");
        allow("hadoop.ingest.state", "core", "coordination", "hadoop.ingest.document");
        allow(
                "hadoop.ingest.task",
                "core",
                "record",
                "coordination",
                "schemas",
                "schemas.serde",
                "hadoop.input",
                "hadoop.ingest.storage",
                "hadoop.ingest.document");
        allow(
                "hadoop.ingest",
                "core",
                "coordination",
                "client",
                "schemas",
                "hadoop.input",
                "hadoop.ingest.storage",
                "hadoop.ingest.document",
                "hadoop.ingest.state",
                "hadoop.ingest.task");
        // hadoop.ingest: both commands tell Hadoop's options from their own in the same way.
        allow(
                "hadoop.output",
                "core",
                "record",
                "coordination",
                "client",
                "schemas",
                "schemas.serde",
                "hadoop.input",
                "hadoop.ingest.storage",
                "hadoop.ingest.document",
                "hadoop.ingest");
        allow("hadoop", "hadoop.ingest", "hadoop.output");
    }

    private static void allow(String user, String... used) {
        Set<String> above = MAY_USE.keySet();
        assertThat(above).as("what %s uses stands above it", user).contains(used);
        Set<String> allowed = new HashSet<>(Arrays.asList(used));
        allowed.add(user);
        MAY_USE.put(user, allowed);
    }

    @Test
    void packagesDependOnlyOnWhatTheTableAllows() {
        Map<String, Set<String>> forbidden = new TreeMap<>();
        for (JavaClass user : CLASSES) {
            String from = packageOf(user);
            if (from.startsWith("examples")) {
                continue;
            }
            for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (!target.getPackageName().startsWith("io.millstream")) {
                    continue;
                }
                if (!MAY_USE.getOrDefault(from, Set.of()).contains(packageOf(target))) {
                    forbidden
                            .computeIfAbsent(from + " -> " + packageOf(target), key -> new TreeSet<>())
                            .add(user.getSimpleName() + " uses " + target.getSimpleName());
                }
            }
        }
        assertThat(forbidden).isEmpty();
    }

    @Test
    void everyPackageStandsInTheTable() {
        List<String> missing = new ArrayList<>();
        for (JavaClass each : CLASSES) {
            String name = packageOf(each);
            if (!name.startsWith("examples") && !MAY_USE.containsKey(name)) {
                missing.add(name);
            }
        }
        assertThat(missing).isEmpty();
    }

    private static String packageOf(JavaClass each) {
        String name = each.getPackageName();
        return name.length() <= ROOT.length() ? "" : name.substring(ROOT.length());
    }
}
