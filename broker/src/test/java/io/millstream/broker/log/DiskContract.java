package io.millstream.broker.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.broker.log.Disk.Access;
import io.millstream.broker.log.StorageException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Disk} must do. The machine's own and the one that stands in for it in a simulation pass the same tests;
 * otherwise a simulation would prove nothing.
 */
abstract class DiskContract {

    protected Disk disk;
    protected Path root;

    /** A disk that belongs to this test; {@link #root} is an empty directory of it afterwards. */
    protected abstract Disk open();

    @BeforeEach
    final void openDisk() {
        disk = open();
    }

    private static void assertFails(Kind kind, Runnable action) {
        StorageException failure = catchThrowableOfType(StorageException.class, action::run);
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(kind);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, UTF_8);
    }

    private Path file(String name, String content) {
        Path file = root.resolve(name);
        try (DiskFile created = disk.open(file, Access.CREATE)) {
            created.write(bytes(content), 0);
        }
        return file;
    }

    private String content(Path file) {
        try (DiskFile in = disk.open(file, Access.READ)) {
            return content(in, 0, (int) in.size() + 10);
        }
    }

    private static String content(DiskFile in, long position, int count) {
        ByteBuffer into = ByteBuffer.allocate(count);
        int read = in.read(into, position);
        assertThat(read).isEqualTo(into.position());
        return new String(into.array(), 0, read, UTF_8);
    }

    @Test
    void fileHoldsWhatWasWrittenWhereItWasWritten() {
        String large = "0123456789".repeat(300);
        Path file = root.resolve("a");
        try (DiskFile out = disk.open(file, Access.CREATE)) {
            assertThat(out.size()).isZero();
            assertThat(out.path()).isEqualTo(file);
            out.write(bytes(large), 0);
            out.write(bytes("xyz"), 510);
            ByteBuf two = Unpooled.wrappedBuffer(bytes("-ab"), bytes("cd-")).skipBytes(1);
            two.writerIndex(two.writerIndex() - 1);
            out.write(two, 3_000);
            assertThat(two.readableBytes()).isEqualTo(4);
            out.force();
            assertThat(out.size()).isEqualTo(3_004);
            assertThat(content(out, 508, 7)).isEqualTo("89xyz34");
            assertThat(content(out, 2_998, 100)).isEqualTo("89abcd");
            assertThat(content(out, 3_004, 5)).isEmpty();
            assertThat(content(out, 9_000, 5)).isEmpty();
        }
        assertThat(disk.size(file)).isEqualTo(3_004);
        assertThat(content(file)).isEqualTo(large.substring(0, 510) + "xyz" + large.substring(513) + "abcd");
    }

    @Test
    void whatWasNeverWrittenReadsAsZeros() {
        try (DiskFile out = disk.open(root.resolve("a"), Access.CREATE)) {
            out.write(bytes("end"), 1_500);
            assertThat(content(out, 0, 2_000)).isEqualTo("\0".repeat(1_500) + "end");
        }
    }

    @Test
    void cutBytesDoNotComeBackWhenTheFileGrowsAgain() {
        Path file = file("a", "abcdefgh".repeat(200));
        try (DiskFile out = disk.open(file, Access.WRITE)) {
            out.truncate(5);
            assertThat(out.size()).isEqualTo(5);
            out.truncate(9);
            assertThat(out.size()).as("cutting never lengthens").isEqualTo(5);
            out.write(bytes("z"), 700);
        }
        assertThat(content(file)).isEqualTo("abcde" + "\0".repeat(695) + "z");
    }

    @Test
    void accessIsAsAskedFor() {
        assertFails(Kind.NOT_FOUND, () -> disk.open(root.resolve("a"), Access.READ));
        assertFails(Kind.NOT_FOUND, () -> disk.open(root.resolve("a"), Access.WRITE));
        assertFails(Kind.NOT_FOUND, () -> disk.open(root.resolve("no/a"), Access.CREATE));
        Path file = file("a", "x");
        assertFails(Kind.EXISTS, () -> disk.open(file, Access.CREATE));
        try (DiskFile in = disk.open(file, Access.READ)) {
            assertThat(catchThrowableOfType(IllegalStateException.class, () -> in.write(bytes("y"), 0)))
                    .isNotNull();
        }
        assertThat(content(file)).isEqualTo("x");
    }

    @Test
    void closedFileIsOfNoUse() {
        DiskFile file = disk.open(root.resolve("a"), Access.CREATE);
        assertThat(file.isOpen()).isTrue();
        file.close();
        file.close();

        assertThat(file.isOpen()).isFalse();
        assertFails(Kind.CLOSED, file::size);
        assertFails(Kind.CLOSED, () -> file.read(ByteBuffer.allocate(1), 0));
        assertFails(Kind.CLOSED, () -> file.write(bytes("x"), 0));
        assertFails(Kind.CLOSED, () -> file.truncate(0));
        assertFails(Kind.CLOSED, file::force);
    }

    @Test
    void directoriesListTheirNamesSorted() {
        Path inner = root.resolve("b/c");
        disk.createDirectories(inner);
        disk.createDirectories(inner);
        file("d", "x");
        file("a", "x");

        assertThat(disk.list(root)).containsExactly("a", "b", "d");
        assertThat(disk.list(inner)).isEmpty();
        assertThat(disk.exists(inner)).isTrue();
        assertThat(disk.isDirectory(inner)).isTrue();
        assertThat(disk.exists(root.resolve("a"))).isTrue();
        assertThat(disk.isDirectory(root.resolve("a"))).isFalse();
        assertThat(disk.exists(root.resolve("no/such"))).isFalse();
        assertThat(disk.isDirectory(root.resolve("no"))).isFalse();
        assertFails(Kind.NOT_FOUND, () -> disk.list(root.resolve("no")));
        assertFails(Kind.IO, () -> disk.list(root.resolve("a")));
        assertFails(Kind.EXISTS, () -> disk.createDirectories(root.resolve("a")));
        assertFails(Kind.NOT_FOUND, () -> disk.size(root.resolve("no")));
        assertFails(Kind.NOT_FOUND, () -> disk.lastModifiedMillis(root.resolve("no")));
        assertThat(disk.lastModifiedMillis(root.resolve("a"))).isPositive();
        disk.syncDirectory(root);
        assertFails(Kind.NOT_FOUND, () -> disk.syncDirectory(root.resolve("no")));
    }

    @Test
    void renameTakesTheFileWithItAndAnotherGivesWay() {
        Path from = file("from", "new");
        Path to = file("to", "old");
        try (DiskFile old = disk.open(to, Access.READ);
                DiskFile moved = disk.open(from, Access.WRITE)) {
            disk.rename(from, to);

            assertThat(disk.list(root)).containsExactly("to");
            assertThat(content(to)).isEqualTo("new");
            assertThat(content(old, 0, 9)).isEqualTo("old");
            moved.write(bytes("er"), 3);
            assertThat(content(to)).isEqualTo("newer");
        }
        disk.rename(to, to);
        assertThat(content(to)).isEqualTo("newer");
        assertFails(Kind.NOT_FOUND, () -> disk.rename(from, to));
        assertFails(Kind.NOT_FOUND, () -> disk.rename(to, root.resolve("no/to")));
    }

    @Test
    void directoryMovesWithAllThatIsInItButNotOntoOneThatIsNotEmpty() {
        disk.createDirectories(root.resolve("full"));
        disk.createDirectories(root.resolve("empty"));
        file("full/a", "x");

        assertFails(Kind.IO, () -> disk.rename(root.resolve("empty"), root.resolve("full")));
        disk.rename(root.resolve("full"), root.resolve("empty"));

        assertThat(disk.list(root)).containsExactly("empty");
        assertThat(content(root.resolve("empty/a"))).isEqualTo("x");
        assertFails(Kind.IO, () -> disk.delete(root.resolve("empty")));
        disk.delete(root.resolve("empty/a"));
        disk.delete(root.resolve("empty"));
        disk.delete(root.resolve("empty"));
        assertThat(disk.list(root)).isEmpty();
    }

    @Test
    void deletedFileStaysForWhoeverHasItOpen() {
        Path file = file("a", "old");
        try (DiskFile open = disk.open(file, Access.WRITE)) {
            disk.delete(file);
            file("a", "new");

            open.write(bytes("er"), 3);
            open.force();

            assertThat(content(open, 0, 9)).isEqualTo("older");
            assertThat(content(file)).isEqualTo("new");
        }
    }

    @Test
    void lockIsHeldOnceAndFreeAfterwards() {
        Path file = root.resolve("lock");
        Disk.Lock held = disk.lock(file);

        assertFails(Kind.LOCKED, () -> disk.lock(file));
        held.close();
        held.close();
        Disk.Lock again = disk.lock(file);
        assertFails(Kind.LOCKED, () -> disk.lock(file));

        again.close();
        assertThat(disk.exists(file)).isTrue();
    }

    @Test
    void spaceAndBootIdAreTold() {
        assertThat(disk.totalBytes(root)).isPositive();
        assertThat(disk.usableBytes(root)).isBetween(0L, disk.totalBytes(root));
        assertThat(disk.bootId()).isEqualTo(disk.bootId());
    }
}
