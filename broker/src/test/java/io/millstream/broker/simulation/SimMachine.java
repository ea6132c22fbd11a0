package io.millstream.broker.simulation;

import io.millstream.broker.log.Disk;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.simulation.SimFaults.Failure;
import io.millstream.broker.simulation.SimFaults.Operation;
import io.millstream.core.Clock;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** What the processes of one machine share. Used under its own monitor. */
final class SimMachine {

    final SimVolume volume = new SimVolume();
    final Clock clock;
    int boot = 1;
    long capacity = Long.MAX_VALUE;
    long largestFile = Integer.MAX_VALUE;
    private final Map<SimNode, Object> locks = new HashMap<>();

    SimMachine(Clock clock) {
        this.clock = clock;
    }

    /** @param holder the process */
    Disk.Lock lock(Path file, Object holder) {
        SimContent content = volume.find(file).isPresent() ? volume.file(file) : volume.create(file, clock.millis());
        if (locks.putIfAbsent(content, holder) != null) {
            throw new StorageException(Kind.LOCKED, file, "another broker uses this data directory; stop it first");
        }
        return () -> {
            synchronized (this) {
                locks.remove(content, holder);
            }
        };
    }

    void releaseLocks(Object holder) {
        locks.values().removeIf(each -> each == holder);
    }

    void losePower(Random random) {
        boot++;
        locks.clear();
        volume.losePower(random);
    }

    long usableBytes() {
        return Math.max(0, capacity - volume.usedBytes());
    }

    /** Bytes that a file may have, as long as the others stay as they are. */
    long roomFor(SimContent content) {
        // Adding up all files is slow, and most disks are never full.
        return capacity == Long.MAX_VALUE ? largestFile : Math.min(largestFile, usableBytes() + content.size());
    }

    StorageException failure(Failure failure, Operation operation, Path path) {
        String what = "cannot " + operation.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": ";
        return switch (failure) {
            case NO_SPACE -> new StorageException(Kind.NO_SPACE, path, what + "No space left on device");
            case FILE_TOO_LARGE -> new StorageException(Kind.NO_SPACE, path, what + "File too large");
            case IO, DEATH -> new StorageException(Kind.IO, path, what + "Input/output error");
        };
    }
}
