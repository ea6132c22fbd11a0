package io.millstream.broker.log;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A disk that tells a test of everything that changes files, before it happens. The test may throw instead. */
final class HookedDisk implements Disk {

    enum Step {
        CREATE,
        WRITE,
        TRUNCATE,
        FORCE,
        RENAME,
        DELETE,
        SYNC_DIRECTORY
    }

    /** What a test does about a step. */
    @FunctionalInterface
    interface Hook {
        /** @throws StorageException to make the step fail */
        void before(Step step, Path path);
    }

    /** Whether the machine's disk is waited for. */
    enum Forcing {
        REAL,
        PRETENDED
    }

    private final Disk disk;
    private final Forcing forcing;
    private volatile Hook hook = (step, path) -> {};
    private volatile Optional<String> bootId;
    private volatile int writeAtMost = Integer.MAX_VALUE;

    HookedDisk(Disk disk, Forcing forcing) {
        this.disk = disk;
        this.forcing = forcing;
        this.bootId = disk.bootId();
    }

    /** A disk that does not wait for the machine's. */
    static HookedDisk quick() {
        return new HookedDisk(Disk.system(), Forcing.PRETENDED);
    }

    void hook(Hook next) {
        hook = next;
    }

    /** Pretends that the machine has been started anew, or has no such id. */
    void bootId(String id) {
        bootId = Optional.ofNullable(id);
    }

    /** The next write stops after this many bytes, with ENOSPC. */
    void nextWriteStopsAfter(int bytes) {
        writeAtMost = bytes;
    }

    @Override
    public DiskFile open(Path file, Access access) {
        if (access == Access.CREATE) {
            hook.before(Step.CREATE, file);
        }
        return new HookedFile(disk.open(file, access));
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return disk.isDirectory(path);
    }

    @Override
    public void createDirectories(Path directory) {
        hook.before(Step.CREATE, directory);
        disk.createDirectories(directory);
    }

    @Override
    public List<String> list(Path directory) {
        return disk.list(directory);
    }

    @Override
    public long size(Path file) {
        return disk.size(file);
    }

    @Override
    public long lastModifiedMillis(Path file) {
        return disk.lastModifiedMillis(file);
    }

    @Override
    public void rename(Path from, Path to) {
        hook.before(Step.RENAME, from);
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) {
        hook.before(Step.DELETE, path);
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) {
        hook.before(Step.SYNC_DIRECTORY, directory);
        if (forcing == Forcing.REAL) {
            disk.syncDirectory(directory);
        }
    }

    @Override
    public long usableBytes(Path directory) {
        return disk.usableBytes(directory);
    }

    @Override
    public long totalBytes(Path directory) {
        return disk.totalBytes(directory);
    }

    @Override
    public Lock lock(Path file) {
        return disk.lock(file);
    }

    @Override
    public Optional<String> bootId() {
        return bootId;
    }

    private final class HookedFile implements DiskFile {

        private final DiskFile file;

        HookedFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public int read(ByteBuffer into, long position) {
            return file.read(into, position);
        }

        @Override
        public void write(ByteBuf bytes, long position) {
            hook.before(Step.WRITE, file.path());
            if (bytes.readableBytes() > writeAtMost) {
                int allowed = writeAtMost;
                writeAtMost = Integer.MAX_VALUE;
                file.write(bytes.slice(bytes.readerIndex(), allowed), position);
                throw new StorageException(
                        StorageException.Kind.NO_SPACE, file.path(), "cannot write: no space left on device");
            }
            file.write(bytes, position);
        }

        @Override
        public void truncate(long size) {
            hook.before(Step.TRUNCATE, file.path());
            file.truncate(size);
        }

        @Override
        public void force() {
            hook.before(Step.FORCE, file.path());
            if (forcing == Forcing.REAL) {
                file.force();
            }
        }

        @Override
        public FileChannel channel() {
            return file.channel();
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
