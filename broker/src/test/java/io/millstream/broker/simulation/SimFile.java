package io.millstream.broker.simulation;

import io.millstream.broker.log.Disk.Access;
import io.millstream.broker.log.DiskFile;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Fault;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;
import java.util.Optional;

/** An open file of a {@link SimDisk}. Whoever has it open keeps it, whatever becomes of its name. */
final class SimFile implements DiskFile {

    private final SimDisk process;
    private final SimMachine machine;
    private final Path path;
    private final SimContent content;
    private final Access access;
    private volatile boolean open = true;

    SimFile(SimDisk process, SimMachine machine, Path path, SimContent content, Access access) {
        this.process = process;
        this.machine = machine;
        this.path = path;
        this.content = content;
        this.access = access;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long size() {
        synchronized (machine) {
            begin(Operation.LOOK);
            return content.size();
        }
    }

    @Override
    public int read(ByteBuffer into, long position) {
        synchronized (machine) {
            begin(Operation.READ);
            return content.read(into, position);
        }
    }

    @Override
    public void write(ByteBuf bytes, long position) {
        synchronized (machine) {
            ensureWritable();
            int count = bytes.readableBytes();
            Optional<Fault> fault = process.fault(Operation.WRITE, path);
            if (fault.isPresent()) {
                put(bytes, position, (int) ((long) count * fault.get().writtenPerMille() / 1000));
                throw process.failed(fault.get(), Operation.WRITE, path);
            }
            long room = machine.roomFor(content);
            if (position + count > room) {
                put(bytes, position, (int) Math.max(0, room - position));
                Failure why = position + count > machine.largestFile ? Failure.FILE_TOO_LARGE : Failure.NO_SPACE;
                throw machine.failure(why, Operation.WRITE, path);
            }
            put(bytes, position, count);
        }
    }

    private void put(ByteBuf bytes, long position, int count) {
        content.write(bytes.nioBuffer(bytes.readerIndex(), count), position, machine.clock.millis());
    }

    @Override
    public void truncate(long size) {
        synchronized (machine) {
            ensureWritable();
            begin(Operation.TRUNCATE);
            content.truncate(size, machine.clock.millis());
        }
    }

    @Override
    public void force() {
        synchronized (machine) {
            ensureOpen();
            Optional<Fault> fault = process.fault(Operation.FORCE, path);
            if (fault.isPresent()) {
                if (fault.get().failure() != Failure.DEATH) {
                    content.forceFails();
                }
                throw process.failed(fault.get(), Operation.FORCE, path);
            }
            content.force();
        }
    }

    private void begin(Operation operation) {
        ensureOpen();
        process.fault(operation, path).ifPresent(fault -> {
            throw process.failed(fault, operation, path);
        });
    }

    private void ensureOpen() {
        if (!open) {
            throw new StorageException(Kind.CLOSED, path, "it is closed");
        }
    }

    private void ensureWritable() {
        ensureOpen();
        if (access == Access.READ) {
            throw new NonWritableChannelException();
        }
    }

    @Override
    public FileChannel channel() {
        throw new IllegalStateException(path + " lives in memory only");
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }
}
