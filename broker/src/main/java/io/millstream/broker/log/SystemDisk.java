package io.millstream.broker.log;

import io.millstream.broker.log.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The machine's own file systems. */
enum SystemDisk implements Disk {
    INSTANCE;

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** How ENOSPC, EDQUOT and EFBIG read: the JDK keeps the text and drops the number. */
    private static final List<String> NO_SPACE =
            List.of("no space left on device", "disk quota exceeded", "file too large", "not enough space");

    /** How EMFILE and ENFILE read. */
    private static final String NO_DESCRIPTOR = "too many open files";

    /** Something that may fail as files do. */
    @FunctionalInterface
    interface FileAction<T> {
        T run() throws IOException;
    }

    /** The one place where an {@link IOException} becomes a {@link StorageException}. */
    static <T> T attempt(Path path, String what, FileAction<T> action) {
        try {
            return action.run();
        } catch (IOException e) {
            throw new StorageException(kindOf(e), path, "cannot " + what + ": " + reason(e), e);
        }
    }

    private static Kind kindOf(IOException e) {
        if (e instanceof NoSuchFileException) {
            return Kind.NOT_FOUND;
        }
        if (e instanceof FileAlreadyExistsException) {
            return Kind.EXISTS;
        }
        if (e instanceof ClosedChannelException) {
            return Kind.CLOSED;
        }
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains(NO_DESCRIPTOR)) {
            return Kind.NO_DESCRIPTOR;
        }
        return NO_SPACE.stream().anyMatch(text::contains) ? Kind.NO_SPACE : Kind.IO;
    }

    private static String reason(IOException e) {
        return switch (kindOf(e)) {
            case NOT_FOUND -> "it does not exist";
            case EXISTS -> "it exists";
            case CLOSED -> "it is closed";
            default -> String.valueOf(e.getMessage());
        };
    }

    @Override
    public DiskFile open(Path file, Access access) {
        FileChannel channel = attempt(file, "open", () -> switch (access) {
            case READ -> FileChannel.open(file, StandardOpenOption.READ);
            case WRITE -> FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            case CREATE ->
                FileChannel.open(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        });
        return new SystemDiskFile(file, channel);
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public void createDirectories(Path directory) {
        attempt(directory, "create", () -> Files.createDirectories(directory));
    }

    @Override
    public List<String> list(Path directory) {
        return attempt(directory, "list", () -> {
            String[] quickly = directory.toFile().list(); // says nothing of why it fails
            if (quickly != null) {
                Arrays.sort(quickly);
                return List.of(quickly);
            }
            List<String> names = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    names.add(entry.getFileName().toString());
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            names.sort(null);
            return names;
        });
    }

    @Override
    public long size(Path file) {
        return attempt(file, "look at", () -> Files.size(file));
    }

    @Override
    public long lastModifiedMillis(Path file) {
        return attempt(file, "look at", () -> Files.getLastModifiedTime(file).toMillis());
    }

    @Override
    public void rename(Path from, Path to) {
        attempt(from, "rename to " + to.getFileName(), () -> Files.move(from, to, StandardCopyOption.ATOMIC_MOVE));
    }

    @Override
    public void delete(Path path) {
        attempt(path, "delete", () -> Files.deleteIfExists(path));
    }

    @Override
    public void syncDirectory(Path directory) {
        attempt(directory, "fsync", () -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
            return directory;
        });
    }

    @Override
    public long usableBytes(Path directory) {
        return attempt(directory, "look at", () -> Files.getFileStore(directory).getUsableSpace());
    }

    @Override
    public long totalBytes(Path directory) {
        return attempt(directory, "look at", () -> Files.getFileStore(directory).getTotalSpace());
    }

    @Override
    public Lock lock(Path file) {
        FileChannel channel = attempt(
                file, "open", () -> FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        FileLock held;
        try {
            held = attempt(file, "lock", channel::tryLock);
        } catch (OverlappingFileLockException e) {
            close(file, channel);
            throw new StorageException(Kind.LOCKED, file, "held by this process already", e);
        }
        if (held == null) {
            close(file, channel);
            throw new StorageException(Kind.LOCKED, file, "another broker uses this data directory; stop it first");
        }
        return () -> close(file, channel);
    }

    private static void close(Path file, FileChannel channel) {
        attempt(file, "close", () -> {
            channel.close();
            return file;
        });
    }

    @Override
    public Optional<String> bootId() {
        if (!Files.isReadable(BOOT_ID)) {
            return Optional.empty();
        }
        return Optional.of(
                attempt(BOOT_ID, "read", () -> Files.readString(BOOT_ID)).strip());
    }
}
