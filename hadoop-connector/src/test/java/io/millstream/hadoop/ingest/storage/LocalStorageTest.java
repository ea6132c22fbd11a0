package io.millstream.hadoop.ingest.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalStorageTest {

    @TempDir
    java.nio.file.Path folder;

    private TargetStorage storage;

    @BeforeEach
    void open() throws IOException {
        storage = HadoopStorage.of(new Path(folder.toUri()), new Configuration(), Set.of());
    }

    @Test
    void aFileIsRenamedAndLeavesNoChecksumFileBehind() throws IOException {
        storage.write(path("from"), bytes("one"));

        assertThat(storage.rename(path("from"), path("to"))).isEqualTo(Renamed.DONE);
        assertThat(folder.toFile().list()).containsExactly("to");
        assertThat(storage.read(path("to"))).isEqualTo(bytes("one"));
    }

    @Test
    void aFileThatIsThereIsNeverOverwritten() throws IOException {
        storage.write(path("from"), bytes("one"));
        storage.write(path("to"), bytes("two"));

        assertThat(storage.rename(path("from"), path("to"))).isEqualTo(Renamed.TARGET_EXISTS);
        assertThat(storage.read(path("from"))).isEqualTo(bytes("one"));
        assertThat(storage.read(path("to"))).isEqualTo(bytes("two"));
        assertThatThrownBy(() -> storage.write(path("to"), bytes("three"))).isInstanceOf(IOException.class);
        assertThat(storage.read(path("to"))).isEqualTo(bytes("two"));
    }

    @Test
    void aFolderIsRenamedWithAllInIt() throws IOException {
        storage.makeDirectories(path("attempt"));
        storage.makeDirectories(path("tasks"));
        storage.write(path("attempt/file"), bytes("one"));

        assertThat(storage.rename(path("attempt"), path("tasks/0"))).isEqualTo(Renamed.DONE);
        assertThat(storage.read(path("tasks/0/file"))).isEqualTo(bytes("one"));
        assertThat(storage.stat(path("attempt"))).isEmpty();
    }

    @Test
    void aFolderIsNotMovedIntoOneThatIsThere() throws IOException {
        storage.makeDirectories(path("attempt"));
        storage.write(path("attempt/file"), bytes("one"));
        storage.makeDirectories(path("task"));
        storage.write(path("task/file"), bytes("two"));

        assertThat(storage.rename(path("attempt"), path("task"))).isEqualTo(Renamed.TARGET_EXISTS);
        assertThat(folder.resolve("task").toFile().list()).containsExactly("file");
        assertThat(storage.read(path("task/file"))).isEqualTo(bytes("two"));
        assertThat(storage.read(path("attempt/file"))).isEqualTo(bytes("one"));
    }

    @Test
    void aRenameOfNothingSaysSo() throws IOException {
        assertThat(storage.rename(path("from"), path("to"))).isEqualTo(Renamed.SOURCE_MISSING);
    }

    @Test
    void aRenameIntoAFolderThatDoesNotExistFailsAndChangesNothing() throws IOException {
        storage.write(path("from"), bytes("one"));

        assertThatThrownBy(() -> storage.rename(path("from"), path("nowhere/to")))
                .isInstanceOf(IOException.class);
        assertThat(storage.read(path("from"))).isEqualTo(bytes("one"));
    }

    @Test
    void whatWasClearedIsNotMadeAgainByALateWriter() throws IOException {
        storage.makeDirectories(path("run/attempt"));
        storage.delete(path("run"));

        assertThatThrownBy(() -> storage.write(path("run/attempt/file"), bytes("late")))
                .isInstanceOf(IOException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void deletingNothingIsFine() throws IOException {
        storage.delete(path("nothing"));

        assertThat(storage.stat(path("nothing"))).isEmpty();
        assertThat(storage.list(path("nothing"))).isEmpty();
    }

    @Test
    void aFileSystemWithoutAtomicRenameIsRefusedByName() {
        assertThatThrownBy(() -> HadoopStorage.of(new Path("viewfs:///lake"), viewOf(folder), Set.of("ofs")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("viewfs")
                .hasMessageContaining("file, hdfs, ofs")
                .hasMessageContaining("millstream.ingest.atomic.rename.schemes");
    }

    private static Configuration viewOf(java.nio.file.Path folder) throws IOException {
        Files.createDirectories(folder);
        Configuration conf = new Configuration();
        conf.set("fs.viewfs.mounttable.default.link./lake", folder.toUri().toString());
        return conf;
    }

    private Path path(String name) {
        return new Path(new Path(folder.toUri()), name);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
