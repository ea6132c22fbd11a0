package io.millstream.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/**
 * Each thing of the outside world (time, randomness, threads, disk, network, ZooKeeper, Hadoop) has one door, so that
 * deciding code can be run by a simulator, and so that the libraries stay usable where another version of them is.
 */
@AnalyzeClasses(packages = "io.millstream", importOptions = ImportOption.DoNotIncludeTests.class)
final class DoorsTest {

    private static final String EXAMPLES = "io.millstream.examples..";
    private static final String KAFKA_ADAPTERS = "io.millstream.schemas.kafka..";

    @ArchTest
    static final ArchRule zooKeeperOnlyBehindCoordination = noClasses()
            .that(resideInAPackage("io.millstream..").and(notIn("io.millstream.coordination..", EXAMPLES)))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..");

    @ArchTest
    static final ArchRule hadoopAndParquetOnlyInTheConnector = noClasses()
            .that(resideInAPackage("io.millstream..").and(notIn("io.millstream.hadoop..", EXAMPLES)))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.hadoop..", "org.apache.parquet..");

    @ArchTest
    static final ArchRule kafkasClientNowhere = noClasses()
            .that(resideInAPackage("io.millstream..").and(notIn(EXAMPLES, KAFKA_ADAPTERS)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    /** Whoever names the adapters has Kafka's client: they implement its two interfaces, and need nothing else of it. */
    @ArchTest
    static final ArchRule adaptersNameTwoInterfacesOfKafka = noClasses()
            .that()
            .resideInAPackage(KAFKA_ADAPTERS)
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.kafka..")
                    .and(DescribedPredicate.not(haveAName(Set.of(
                            "org.apache.kafka.common.serialization.Serializer",
                            "org.apache.kafka.common.serialization.Deserializer",
                            "org.apache.kafka.common.errors.SerializationException")))));

    @ArchTest
    static final ArchRule nothingNeedsTheAdapters = noClasses()
            .that(resideInAPackage("io.millstream..").and(notIn(EXAMPLES, KAFKA_ADAPTERS)))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(KAFKA_ADAPTERS);

    @ArchTest
    static final ArchRule connectorNeverUsesTheBroker = noClasses()
            .that()
            .resideInAPackage("io.millstream.hadoop..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.millstream.broker..", "io.millstream.cli..");

    @ArchTest
    static final ArchRule channelsOnlyAtTheNetwork = noClasses()
            .that(resideInAPackage("io.millstream..")
                    .and(notIn("io.millstream.net..", "io.millstream.broker.server..", "io.millstream.broker.http..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty.channel..");

    @ArchTest
    static final ArchRule timeAndRandomnessOnlyThroughCore = classes()
            .that(resideInAPackage("io.millstream..").and(notIn("io.millstream.core..", EXAMPLES)))
            .should(com.tngtech.archunit.lang.conditions.ArchConditions.never(callMethodWhere(isOneOf(Set.of(
                    "java.lang.System.currentTimeMillis",
                    "java.lang.System.nanoTime",
                    "java.lang.Thread.sleep",
                    "java.lang.Math.random",
                    "java.util.UUID.randomUUID",
                    "java.time.Instant.now",
                    "java.util.concurrent.ThreadLocalRandom.current")))));

    @ArchTest
    static final ArchRule threadsOnlyThroughCore = noClasses()
            .that(resideInAPackage("io.millstream..")
                    .and(notIn("io.millstream.core..", "io.millstream.broker", "io.millstream.cli..", EXAMPLES)))
            .should()
            .callConstructorWhere(DescribedPredicate.describe("creates a thread or a pool", call -> Set.of(
                            "java.lang.Thread",
                            "java.util.concurrent.ThreadPoolExecutor",
                            "java.util.concurrent.ScheduledThreadPoolExecutor",
                            "java.util.Random",
                            "java.util.Timer")
                    .contains(call.getTargetOwner().getName())));

    @ArchTest
    static final ArchRule brokerFilesOnlyBehindDisk = noClasses()
            .that(resideInAPackage("io.millstream.broker..").and(notIn("io.millstream.broker.log.disk..")))
            .and()
            .haveNameNotMatching("io\\.millstream\\.broker\\.log\\..*Disk.*")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.nio\\.file\\.Files|java\\.io\\.RandomAccessFile|java\\.io\\.FileOutputStream");

    @ArchTest
    static final ArchRule noGrabBags = noClasses()
            .that()
            .resideInAPackage("io.millstream..")
            .should()
            .haveNameMatching(".*(Manager|Utils?|Helper|Impl)");

    @ArchTest
    static final ArchRule messagesAreDataOnly = noClasses()
            .that()
            .resideInAPackage("io.millstream.wire..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.slf4j..", "io.netty.channel..", "java.util.concurrent.."));

    @ArchTest
    static final ArchRule noReflectionFromNames = classes()
            .that()
            .resideInAPackage("io.millstream..")
            .should(com.tngtech.archunit.lang.conditions.ArchConditions.never(callMethodWhere(isOneOf(Set.of(
                    "java.lang.Class.forName",
                    "java.util.ServiceLoader.load",
                    "java.lang.Throwable.printStackTrace")))));

    @ArchTest
    static final ArchRule librariesKeepToTheOldLoggingApi = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.millstream.core..",
                    "io.millstream.wire..",
                    "io.millstream.record..",
                    "io.millstream.coordination..",
                    "io.millstream.net..",
                    "io.millstream.client..",
                    "io.millstream.schemas..",
                    "io.millstream.hadoop..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("org\\.slf4j\\.spi\\.LoggingEventBuilder|ch\\.qos\\.logback\\..*");

    @ArchTest
    static final ArchRule deciders = noClasses()
            .that()
            .resideInAPackage("io.millstream.wire..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.nio.file..");

    private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> notIn(String... packages) {
        return DescribedPredicate.not(resideInAnyPackage(packages));
    }

    private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> haveAName(Set<String> names) {
        return DescribedPredicate.describe("have a name in " + names, each -> names.contains(each.getName()));
    }

    private static DescribedPredicate<JavaMethodCall> isOneOf(Set<String> methods) {
        return DescribedPredicate.describe(
                "one of " + methods,
                call -> methods.contains(
                        call.getTargetOwner().getName() + "." + call.getTarget().getName()));
    }
}
