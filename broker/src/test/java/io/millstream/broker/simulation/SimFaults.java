package io.millstream.broker.simulation;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Decides which operations of a {@link SimDisk} fail, and how. Asked before each operation, under the disk's lock. */
@FunctionalInterface
public interface SimFaults {

    /** What can be done to a disk. */
    enum Operation {
        LOOK,
        OPEN,
        READ,
        CREATE,
        WRITE,
        TRUNCATE,
        FORCE,
        RENAME,
        DELETE,
        SYNC_DIRECTORY;

        /** The operations that change something, or make it safe. */
        public static final Set<Operation> CHANGES =
                Set.copyOf(EnumSet.of(CREATE, WRITE, TRUNCATE, FORCE, RENAME, DELETE, SYNC_DIRECTORY));
    }

    /** How an operation fails. */
    enum Failure {
        /** ENOSPC. */
        NO_SPACE,
        /** EFBIG. */
        FILE_TOO_LARGE,
        /** EIO. After a failed {@code force} the pages count as clean, and no later one writes them. */
        IO,
        /** The process dies in the middle of it, with {@link SimDisk.Dead}. */
        DEATH
    }

    /**
     * A failure.
     *
     * @param writtenPerMille how much of a write gets done before it fails, in thousandths: 0 to 999
     */
    record Fault(Failure failure, int writtenPerMille) {
        public Fault {
            if (writtenPerMille < 0 || writtenPerMille > 999) {
                throw new IllegalArgumentException(writtenPerMille + " thousandths");
            }
        }
    }

    /** What befalls the operation; empty if it succeeds. */
    Optional<Fault> before(Operation operation, Path path);

    /** Nothing fails. */
    static SimFaults none() {
        return (operation, path) -> Optional.empty();
    }

    /**
     * One operation fails.
     *
     * @param n which of the operations of the kinds {@code of}, from 0
     */
    static SimFaults nth(long n, Fault fault, Set<Operation> of) {
        AtomicLong left = new AtomicLong(n);
        return (operation, path) ->
                of.contains(operation) && left.getAndDecrement() == 0 ? Optional.of(fault) : Optional.empty();
    }

    /**
     * Some operations fail, by a seed.
     *
     * @param oneIn about one in so many operations of the kinds {@code of}
     */
    static SimFaults seeded(long seed, int oneIn, Failure failure, Set<Operation> of) {
        Random random = new Random(seed);
        return (operation, path) -> of.contains(operation) && random.nextInt(oneIn) == 0
                ? Optional.of(new Fault(failure, random.nextInt(1000)))
                : Optional.empty();
    }
}
