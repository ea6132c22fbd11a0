package io.millstream.hadoop.ingest.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk under a scheme of its own, {@code counted://<name>/<path>}: every call that changes something goes through the
 * {@link Mortality} of the configuration that it is made with, the sync and close of a file too. Renames are as HDFS has them, in one step and without overwriting.
 */
public final class CountedFileSystem extends FileSystem {

    /** The scheme. */
    public static final String SCHEME = "counted";

    private static final String LIFE = "fs." + SCHEME + ".life";
    private static final Map<String, Mortality> LIVES = new ConcurrentHashMap<>();
    private static final AtomicInteger lives = new AtomicInteger();

    private final RawLocalFileSystem disk = new QuickLocalFileSystem.Raw();
    private URI uri;
    private Mortality life;

    /** Makes Hadoop know the scheme, and whoever works with this configuration live this life. */
    public static void live(Configuration conf, Mortality life) {
        conf.set("fs." + SCHEME + ".impl", CountedFileSystem.class.getName());
        conf.set("fs." + SCHEME + ".impl.disable.cache", "true");
        conf.set("fs.AbstractFileSystem." + SCHEME + ".impl", Context.class.getName());
        String number = Integer.toString(lives.incrementAndGet());
        LIVES.put(number, life);
        conf.set(LIFE, number);
    }

    /** What {@link org.apache.hadoop.fs.FileContext} needs. */
    public static final class Context extends DelegateToFileSystem {

        /** Made by Hadoop. */
        public Context(URI uri, Configuration conf) throws IOException, URISyntaxException {
            super(uri, new CountedFileSystem(), conf, SCHEME, false);
        }

        @Override
        public int getUriDefaultPort() {
            return -1;
        }
    }

    @Override
    public void initialize(URI name, Configuration conf) throws IOException {
        super.initialize(name, conf);
        disk.initialize(URI.create("file:///"), conf);
        uri = URI.create(SCHEME + "://" + name.getAuthority());
        life = LIVES.get(conf.get(LIFE));
    }

    @Override
    public URI getUri() {
        return uri;
    }

    private static Path local(Path path) {
        return new Path("file", null, path.toUri().getPath());
    }

    private FileStatus ours(FileStatus status) {
        status.setPath(
                new Path(SCHEME, uri.getAuthority(), status.getPath().toUri().getPath()));
        return status;
    }

    @Override
    public FSDataInputStream open(Path file, int bufferSize) throws IOException {
        life.look();
        return disk.open(local(file), bufferSize);
    }

    @Override
    public FSDataOutputStream createNonRecursive(
            Path file,
            FsPermission permission,
            EnumSet<CreateFlag> flags,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        return life.mutate(
                "create " + file.getName(),
                () -> new FSDataOutputStream(
                        new Stream(
                                file.getName(),
                                disk.createNonRecursive(
                                        local(file), permission, flags, bufferSize, replication, blockSize, progress)),
                        statistics));
    }

    @Override
    public FSDataOutputStream create(
            Path file,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        throw new IOException("The job makes files only where their folder is: " + file);
    }

    @Override
    public FSDataOutputStream append(Path file, int bufferSize, Progressable progress) throws IOException {
        throw new IOException("The job never appends: " + file);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        throw new IOException("The job never renames in a way that may overwrite: " + from);
    }

    @Override
    @SuppressWarnings("deprecation") // the door through which FileContext renames
    protected void rename(Path from, Path to, Options.Rename... options) throws IOException {
        life.mutate("rename " + from.getName() + " to " + to.getName(), () -> {
            try {
                // Looks for the target and then renames: one step for those who share this life, which are all.
                return Files.move(LocalRename.local(from), LocalRename.local(to));
            } catch (java.nio.file.FileAlreadyExistsException e) {
                throw new FileAlreadyExistsException(to.toString());
            } catch (NoSuchFileException e) {
                throw new FileNotFoundException(from.toString());
            }
        });
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        return life.mutate("delete " + path.getName(), () -> disk.delete(local(path), recursive));
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        return life.mutate("mkdirs " + path.getName(), () -> disk.mkdirs(local(path)));
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        life.look();
        FileStatus[] found = disk.listStatus(local(path));
        for (FileStatus status : found) {
            ours(status);
        }
        return found;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        life.look();
        return ours(disk.getFileStatus(local(path)));
    }

    @Override
    public void setWorkingDirectory(Path path) {
        disk.setWorkingDirectory(local(path));
    }

    @Override
    public Path getWorkingDirectory() {
        return new Path(
                SCHEME, uri.getAuthority(), disk.getWorkingDirectory().toUri().getPath());
    }

    /** A file being written. */
    private final class Stream extends OutputStream implements Syncable {

        private final String name;
        private final FSDataOutputStream out;
        private boolean closed;

        private Stream(String name, FSDataOutputStream out) {
            this.name = name;
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            life.look();
            out.write(value);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            life.look();
            out.write(bytes, from, length);
        }

        @Override
        public void flush() throws IOException {
            life.look();
            out.flush();
        }

        @Override
        public void hflush() throws IOException {
            life.look();
            out.hflush();
        }

        @Override
        public void hsync() throws IOException {
            // Everybody dies, but the machine: what the system has been given is there afterwards.
            life.mutate("hsync " + name, () -> {
                out.hflush();
                return null;
            });
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            life.mutate("close " + name, () -> {
                out.close();
                return null;
            });
        }
    }
}
