package io.millstream.hadoop.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A job whose containers would run too old a Java is refused when it is submitted. */
final class ContainerJavaTest {

    @TempDir
    private Path folder;

    private final Configuration conf = new Configuration(false);

    @BeforeEach
    void onACluster() {
        conf.set("mapreduce.framework.name", "yarn");
    }

    private Path jdk(String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve("jdk-" + version));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Some\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    @ParameterizedTest
    @CsvSource({"1.8.0_402, 8", "11.0.22, 11", "16, 16"})
    void an_older_one_is_refused_in_one_line_that_names_the_settings(String version, String shown) throws IOException {
        conf.set("mapreduce.map.env", "LANG=C,JAVA_HOME=" + jdk(version) + ",X=y");

        assertThatThrownBy(() -> ContainerJava.ensureNewEnough(conf))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Java " + shown + ":")
                .hasMessageContaining("mapreduce.map.env")
                .hasMessageContaining("yarn.app.mapreduce.am.env")
                .hasMessageNotContaining("\n");

        conf.unset("mapreduce.map.env");
        conf.set("yarn.app.mapreduce.am.env.JAVA_HOME", jdk(version).toString());
        assertThatThrownBy(() -> ContainerJava.ensureNewEnough(conf))
                .hasMessageContaining("yarn.app.mapreduce.am.env.JAVA_HOME");
    }

    @Test
    void a_new_enough_one_and_one_that_cannot_be_told_are_let_pass() throws IOException {
        conf.set("mapreduce.map.env", "JAVA_HOME=" + jdk("17.0.15"));
        conf.set("mapreduce.reduce.env", "JAVA_HOME=" + folder.resolve("only/on/the/nodes"));
        conf.set("mapreduce.admin.user.env", "LD_LIBRARY_PATH=$HADOOP_COMMON_HOME/lib/native");

        assertThatCode(() -> ContainerJava.ensureNewEnough(conf)).doesNotThrowAnyException();

        Path strange = jdk("strange");
        for (byte[] release : new byte[][] {
            {(byte) 0xff, (byte) 0xfe},
            "JAVA_VERSION=\\uXYZ".getBytes(UTF_8),
            "JAVA_VERSION=99999999999".getBytes(UTF_8)
        }) {
            Files.write(strange.resolve("release"), release);
            conf.set("mapreduce.map.env", "JAVA_HOME=" + strange);
            assertThatCode(() -> ContainerJava.ensureNewEnough(conf)).doesNotThrowAnyException();
        }
        conf.set("mapreduce.map.env", "JAVA_HOME=no\0path");
        assertThatCode(() -> ContainerJava.ensureNewEnough(conf)).doesNotThrowAnyException();

        conf.set("mapreduce.map.env", "JAVA_HOME=" + jdk("1.8.0"));
        conf.set("mapreduce.framework.name", "local");
        assertThatCode(() -> ContainerJava.ensureNewEnough(conf)).doesNotThrowAnyException();
    }
}
