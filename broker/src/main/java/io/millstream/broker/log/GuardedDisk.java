package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A data directory's disk: the first failure that casts doubt on it, and any failed fsync, takes the directory offline,
 * after which every operation but closing is refused.
 */
final class GuardedDisk implements Disk {

    private final Disk disk;
    private final DirectoryHealth health;

    GuardedDisk(Disk disk, DirectoryHealth health) {
        this.disk = disk;
        this.health = health;
    }

    private <T> T guarded(Supplier<T> action) {
        health.ensureOnline();
        try {
            return action.get();
        } catch (StorageException e) {
            throw judged(e);
        }
    }

    private StorageException judged(StorageException e) {
        if (e.kind() == Kind.IO) {
            health.fail(e);
        }
        return e;
    }

    private void guarded(Runnable action) {
        guarded(() -> {
            action.run();
            return null;
        });
    }

    /** What was not flushed may be lost, and a second fsync would not say so: whatever the reason, it is final. */
    private void forced(Runnable action) {
        health.ensureOnline();
        try {
            action.run();
        } catch (StorageException e) {
            if (e.kind() != Kind.NO_DESCRIPTOR) { // without one nothing was asked of the disk
                health.fail(e);
            }
            throw e;
        }
    }

    @Override
    public DiskFile open(Path file, Access access) {
        return guarded(() -> new GuardedDiskFile(disk.open(file, access)));
    }

    @Override
    public boolean exists(Path path) {
        return guarded(() -> disk.exists(path));
    }

    @Override
    public boolean isDirectory(Path path) {
        return guarded(() -> disk.isDirectory(path));
    }

    @Override
    public void createDirectories(Path directory) {
        guarded(() -> disk.createDirectories(directory));
    }

    @Override
    public List<String> list(Path directory) {
        return guarded(() -> disk.list(directory));
    }

    @Override
    public long size(Path file) {
        return guarded(() -> disk.size(file));
    }

    @Override
    public long lastModifiedMillis(Path file) {
        return guarded(() -> disk.lastModifiedMillis(file));
    }

    @Override
    public void rename(Path from, Path to) {
        guarded(() -> disk.rename(from, to));
    }

    @Override
    public void delete(Path path) {
        guarded(() -> disk.delete(path));
    }

    @Override
    public void syncDirectory(Path directory) {
        forced(() -> disk.syncDirectory(directory));
    }

    @Override
    public long usableBytes(Path directory) {
        return guarded(() -> disk.usableBytes(directory));
    }

    @Override
    public long totalBytes(Path directory) {
        return guarded(() -> disk.totalBytes(directory));
    }

    @Override
    public Lock lock(Path file) {
        return guarded(() -> disk.lock(file));
    }

    @Override
    public Optional<String> bootId() {
        return disk.bootId();
    }

    private final class GuardedDiskFile implements DiskFile {

        private final DiskFile file;

        GuardedDiskFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public long size() {
            return guarded(file::size);
        }

        @Override
        public int read(ByteBuffer into, long position) {
            health.ensureOnline();
            try {
                return file.read(into, position);
            } catch (StorageException e) {
                throw judged(e);
            }
        }

        @Override
        public void write(ByteBuf bytes, long position) {
            health.ensureOnline();
            try {
                file.write(bytes, position);
            } catch (StorageException e) {
                throw judged(e);
            }
        }

        @Override
        public void truncate(long size) {
            guarded(() -> file.truncate(size));
        }

        @Override
        public void force() {
            forced(file::force);
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
