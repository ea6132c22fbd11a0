package io.millstream.broker.simulation;

import io.millstream.broker.log.Disk;
import io.millstream.broker.log.DiskFile;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.millstream.core.Clock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/**
 * A machine's disk in memory, as one process of that machine sees it. Keeps apart what is on the platter and what is only
 * in the page cache, so that a test can end the process ({@link #kill}: nothing is lost) or cut the power
 * ({@link #crash}: what was not forced is dropped, torn at sector borders and reordered, by a seed), and fails on demand.
 *
 * <p>Stricter than any file system: a file's name is not safe because its content was forced, nor the other way round, and
 * a failed force is never made good by a later one. Behind it, what {@link Disk} says and no more; the contract's tests run
 * against this and against the machine's own disk. Safe for use by several threads; the same calls in the same order leave
 * the same disk.
 */
public final class SimDisk implements Disk {

    private final SimMachine machine;
    private final int boot;
    private SimFaults faults = SimFaults.none(); // guarded by machine, as all below
    private boolean dead;
    private long operations;

    private SimDisk(SimMachine machine) {
        this.machine = machine;
        this.boot = machine.boot;
    }

    /** Thrown by every operation of a process that has died, so that it changes nothing. Nobody but a test catches it. */
    public static final class Dead extends Error {
        private static final long serialVersionUID = 1L;

        Dead() {
            super("The process is dead", null, false, false);
        }
    }

    /** The empty disk of a new machine. */
    public static SimDisk empty(Clock clock) {
        return new SimDisk(new SimMachine(clock));
    }

    /** Ends the process; what it wrote stays, its locks do not. Returns the disk as the next process sees it. */
    public SimDisk kill() {
        synchronized (machine) {
            dead = true;
            machine.releaseLocks(this);
            return new SimDisk(machine);
        }
    }

    /** Whether the process whose disk this is has ended. */
    public boolean isDead() {
        synchronized (machine) {
            return dead || boot != machine.boot;
        }
    }

    /**
     * Cuts the power, and starts the machine again: every process of it has ended, and {@link #bootId} is another.
     *
     * @param seed decides what of the unforced was on the platter
     * @return the disk as the next process sees it
     */
    public SimDisk crash(long seed) {
        synchronized (machine) {
            dead = true;
            machine.losePower(new Random(seed));
            return new SimDisk(machine);
        }
    }

    /** Lets operations of this process fail from now on. */
    public void faults(SimFaults next) {
        synchronized (machine) {
            faults = next;
        }
    }

    /** Bytes that fit on the disk, all files together: more is ENOSPC. A write that does not fit is done in part. */
    public void capacity(long bytes) {
        synchronized (machine) {
            machine.capacity = bytes;
        }
    }

    /** Bytes that all files have together. */
    public long usedBytes() {
        synchronized (machine) {
            return machine.volume.usedBytes();
        }
    }

    /** Bytes that fit in a file: more is EFBIG. A write that does not fit is done in part. */
    public void largestFile(long bytes) {
        synchronized (machine) {
            machine.largestFile = bytes;
        }
    }

    /** How many operations this process has begun that change something or make it safe. */
    public long operations() {
        synchronized (machine) {
            return operations;
        }
    }

    /** The content of a file, as processes see it. */
    public byte[] content(Path file) {
        synchronized (machine) {
            SimContent content = machine.volume.file(file);
            ByteBuffer bytes = ByteBuffer.allocate(content.size());
            content.read(bytes, 0);
            return bytes.array();
        }
    }

    /** Replaces the content of a file behind the process's back, on the platter too: what a failing disk does. */
    public void replace(Path file, byte[] content) {
        synchronized (machine) {
            SimContent there = machine.volume.file(file);
            there.truncate(0, machine.clock.millis());
            there.write(ByteBuffer.wrap(content), 0, machine.clock.millis());
            there.force();
        }
    }

    /** Runs an operation that is done or not. */
    private <T> T run(Operation operation, Path path, Supplier<T> action) {
        synchronized (machine) {
            fault(operation, path).ifPresent(fault -> {
                throw failed(fault, operation, path);
            });
            return action.get();
        }
    }

    private void run(Operation operation, Path path, Runnable action) {
        Object unused = run(operation, path, () -> {
            action.run();
            return path;
        });
    }

    /** Under the machine's monitor. */
    Optional<Fault> fault(Operation operation, Path path) {
        if (dead || boot != machine.boot) {
            throw new Dead();
        }
        if (Operation.CHANGES.contains(operation)) {
            operations++;
        }
        return faults.before(operation, path);
    }

    StorageException failed(Fault fault, Operation operation, Path path) {
        if (fault.failure() == Failure.DEATH) {
            dead = true;
            throw new Dead();
        }
        return machine.failure(fault.failure(), operation, path);
    }

    @Override
    public DiskFile open(Path file, Access access) {
        return run(access == Access.CREATE ? Operation.CREATE : Operation.OPEN, file, () -> {
            SimContent content = access == Access.CREATE
                    ? machine.volume.create(file, machine.clock.millis())
                    : machine.volume.file(file);
            return new SimFile(this, machine, file, content, access);
        });
    }

    @Override
    public boolean exists(Path path) {
        return run(Operation.LOOK, path, () -> machine.volume.find(path).isPresent());
    }

    @Override
    public boolean isDirectory(Path path) {
        return run(Operation.LOOK, path, () -> machine.volume
                .find(path)
                .filter(SimFolder.class::isInstance)
                .isPresent());
    }

    @Override
    public void createDirectories(Path directory) {
        run(Operation.CREATE, directory, () -> machine.volume.createFolders(directory));
    }

    @Override
    public List<String> list(Path directory) {
        return run(
                Operation.LOOK,
                directory,
                () -> List.copyOf(machine.volume.folder(directory).entries.keySet()));
    }

    @Override
    public long size(Path file) {
        return run(Operation.LOOK, file, () -> (long) machine.volume.file(file).size());
    }

    @Override
    public long lastModifiedMillis(Path file) {
        return run(Operation.LOOK, file, () -> machine.volume.file(file).modifiedMillis());
    }

    @Override
    public void rename(Path from, Path to) {
        run(Operation.RENAME, from, () -> machine.volume.rename(from, to));
    }

    @Override
    public void delete(Path path) {
        run(Operation.DELETE, path, () -> machine.volume.delete(path));
    }

    @Override
    public void syncDirectory(Path directory) {
        run(Operation.SYNC_DIRECTORY, directory, () -> machine.volume.sync(directory));
    }

    @Override
    public long usableBytes(Path directory) {
        return run(Operation.LOOK, directory, () -> machine.usableBytes());
    }

    @Override
    public long totalBytes(Path directory) {
        return run(Operation.LOOK, directory, () -> machine.capacity);
    }

    @Override
    public Lock lock(Path file) {
        return run(Operation.OPEN, file, () -> machine.lock(file, this));
    }

    @Override
    public Optional<String> bootId() {
        return run(Operation.LOOK, Path.of("/boot"), () -> Optional.of("boot-" + machine.boot));
    }
}
