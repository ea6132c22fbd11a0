package io.millstream.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/millstream} in a checkout that has nothing to build, with a Java and a Maven that only say what they were asked. */
final class LauncherTest {

    private static final Path LAUNCHER = Path.of("..", "bin", "millstream");

    @TempDir
    Path home;

    private Path source;

    @BeforeEach
    void checkout() throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.copy(LAUNCHER, home.resolve("bin/millstream"));
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        source = Files.createDirectories(home.resolve("broker/src/main")).resolve("Main.java");
        Files.writeString(home.resolve("broker/pom.xml"), "<project/>");
        Files.writeString(source, "class Main {}");
        java("17.0.15");
        maven("3.8.7", "");
        script(home.resolve("mvnw"), "echo wrapper >> " + home.resolve("builds"));
    }

    @Test
    void whatIsUpToDateIsNotBuiltAgain() throws Exception {
        assertThat(run().exit()).isZero();
        assertThat(run().exit()).isZero();

        assertThat(home.resolve("builds")).hasContent("mvn");
    }

    @Test
    void whatIsEditedDuringTheBuildIsBuiltNextTime() throws Exception {
        maven(
                "3.8.7",
                "until [ " + source + " -nt " + home + "/target/.built.begun ]; do echo >> " + source + "; done");

        assertThat(run().exit()).isZero();
        maven("3.8.7", "");
        assertThat(run().exit()).isZero();
        assertThat(run().exit()).isZero();

        assertThat(home.resolve("builds")).hasContent("mvn\nmvn");
    }

    @Test
    void aBuildThatFailedIsNotTakenForOne() throws Exception {
        maven("3.8.7", "exit 1");

        Run failed = run();

        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.text()).contains("The build failed. See ");
        assertThat(run().exit()).isEqualTo(1);
        assertThat(home.resolve("builds")).hasContent("mvn\nmvn");
    }

    @Test
    void aJavaThatIsTooOldIsNamed() throws Exception {
        for (String old : List.of("1.8.0_402", "11.0.22", "16")) {
            java(old);

            Run refused = run();

            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.text())
                    .contains("Java " + old, "needs 17 or newer")
                    .hasLineCount(1);
        }
        java("21");
        assertThat(run().exit()).isZero();
    }

    @Test
    void aMavenThatIsTooOldIsNotUsed() throws Exception {
        maven("3.8.6", "");

        Run run = run();

        assertThat(run.exit()).isZero();
        assertThat(run.text()).contains("Maven 3.8.6 on the PATH is older than 3.8.7");
        assertThat(home.resolve("builds")).hasContent("wrapper");
    }

    private void java(String version) throws IOException {
        Path tools = Files.createDirectories(home.resolve("jdk/bin"));
        script(
                tools.resolve("java"),
                "if [ \"$1\" = -version ]; then echo 'openjdk version \"" + version + "\" 2025-04-15' >&2; fi");
        script(tools.resolve("javac"), "exit 0");
    }

    private void maven(String version, String build) throws IOException {
        Path tools = Files.createDirectories(home.resolve("tools"));
        script(
                tools.resolve("mvn"),
                "if [ \"$1\" = -v ]; then echo 'Apache Maven " + version + "'; exit 0; fi\necho mvn >> "
                        + home.resolve("builds") + "\n" + build);
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/usr/bin/env bash\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private record Run(int exit, String text) {}

    private Run run() throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(home.resolve("bin/millstream").toString(), "help").redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
        builder.environment().put("PATH", home.resolve("tools") + ":" + System.getenv("PATH"));
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Run(process.waitFor(), text);
    }
}
