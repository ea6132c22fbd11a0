package io.millstream.examples.minicluster;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that HDFS does not take are named at once. */
final class HadoopClusterTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"with space", "hundred%", "one,two"})
    void a_folder_that_hdfs_cannot_use_is_refused(String name) {
        Path refused = folder.resolve(name).resolve("hadoop");

        assertThatThrownBy(() -> HadoopCluster.start(refused))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("name a folder without spaces");
    }
}
