package io.millstream.hadoop.ingest.storage;

import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IO_FILE_BUFFER_SIZE_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IO_FILE_BUFFER_SIZE_KEY;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** The door to a Hadoop {@link FileSystem} that has atomic renames. */
public final class HadoopStorage implements TargetStorage {

    /** Configuration key: further schemes whose file systems rename atomically, separated by commas. */
    public static final String FURTHER_SCHEMES = "millstream.ingest.atomic.rename.schemes";

    private static final Set<String> ATOMIC_SCHEMES = Set.of("file", "hdfs");

    private final FileSystem files;
    private final AtomicRename rename;
    private final boolean near;
    private final Configuration conf;

    private HadoopStorage(FileSystem files, AtomicRename rename, boolean near, Configuration conf) {
        this.near = near;
        this.files = files;
        this.conf = conf;
        this.rename = rename;
    }

    /**
     * The storage that {@code target} lies on.
     *
     * @param target an absolute path or URI, or a path below the working directory
     * @param furtherSchemes schemes that the user vouches for beside {@code file} and {@code hdfs}
     * @throws IOException if the file system has no atomic rename, or cannot be reached
     */
    public static HadoopStorage of(Path target, Configuration conf, Set<String> furtherSchemes) throws IOException {
        URI named = target.toUri().getScheme() == null ? FileSystem.getDefaultUri(conf) : target.toUri();
        String scheme = named.getScheme().toLowerCase(Locale.ROOT);
        if (!ATOMIC_SCHEMES.contains(scheme) && !furtherSchemes.contains(scheme)) {
            Set<String> known = new TreeSet<>(ATOMIC_SCHEMES);
            known.addAll(furtherSchemes);
            throw new IOException("Target " + target + " lies on '" + scheme
                    + "', which is not known to rename atomically without overwriting (" + String.join(", ", known)
                    + " are). Choose another target, or list the scheme in " + FURTHER_SCHEMES + " if it does");
        }
        // Only now: a store that is refused need not be on the class path.
        FileSystem files = target.getFileSystem(conf);
        if (files instanceof LocalFileSystem local) {
            // The raw one: side files with checksums would be renamed in a second step, and Parquet has its own.
            return new HadoopStorage(local.getRaw(), new LocalRename(), true, conf);
        }
        return new HadoopStorage(
                files, new ContextRename(FileContext.getFileContext(files.getUri(), conf)), false, conf);
    }

    /** The same, with the schemes that the configuration vouches for in {@link #FURTHER_SCHEMES}. */
    public static HadoopStorage of(Path target, Configuration conf) throws IOException {
        Set<String> further = new TreeSet<>();
        for (String scheme : conf.getTrimmedStringCollection(FURTHER_SCHEMES)) {
            further.add(scheme.toLowerCase(Locale.ROOT));
        }
        return of(target, conf, further);
    }

    /** {@code path} with scheme and authority, and absolute. */
    public Path qualify(Path path) {
        return files.makeQualified(path);
    }

    @Override
    public boolean isNear() {
        return near;
    }

    @Override
    public Optional<FileEntry> stat(Path path) throws IOException {
        try {
            return Optional.of(entry(files.getFileStatus(path)));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<FileEntry> list(Path directory) throws IOException {
        List<FileEntry> entries = new ArrayList<>();
        try {
            for (FileStatus status : files.listStatus(directory)) {
                entries.add(entry(status));
            }
        } catch (FileNotFoundException e) {
            return List.of();
        }
        entries.sort(Comparator.comparing(FileEntry::name));
        return entries;
    }

    private static FileEntry entry(FileStatus status) {
        return new FileEntry(status.getPath(), status.isDirectory(), status.isDirectory() ? 0 : status.getLen());
    }

    @Override
    public InputStream open(Path file) throws IOException {
        return files.open(file);
    }

    @Override
    public FSDataOutputStream create(Path file) throws IOException {
        // Without permissions of its own a file gets the usual ones; given some, the local file system starts a chmod
        // process.
        return files.createNonRecursive(
                file,
                null,
                EnumSet.of(CreateFlag.CREATE),
                conf.getInt(IO_FILE_BUFFER_SIZE_KEY, IO_FILE_BUFFER_SIZE_DEFAULT),
                files.getDefaultReplication(file),
                files.getDefaultBlockSize(file),
                null);
    }

    @Override
    public void makeDirectories(Path directory) throws IOException {
        if (!files.mkdirs(directory)) {
            throw new IOException("Cannot make directory " + directory);
        }
    }

    @Override
    public Renamed rename(Path from, Path to) throws IOException {
        return rename.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        if (!files.delete(path, true) && stat(path).isPresent()) {
            throw new IOException("Cannot delete " + path);
        }
    }

    @Override
    public void deleteIfEmpty(Path directory) throws IOException {
        try {
            files.delete(directory, false);
        } catch (IOException e) {
            if (list(directory).isEmpty() && stat(directory).isPresent()) {
                throw e; // each file system has its own words for what is not empty
            }
        }
    }
}
