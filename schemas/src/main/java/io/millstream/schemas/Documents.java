package io.millstream.schemas;

import static io.millstream.coordination.Coordination.await;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What the registry has in ZooKeeper, read through a memory that a watch keeps true: a document is forgotten when ZooKeeper
 * says that its znode changed. ZooKeeper says so before it answers any later call of the session, so what is remembered is
 * never older than what the session has seen; after {@link #sync} it is what everybody had committed.
 *
 * <p>While the connection is down only what never changes is taken from memory. Safe for use by several threads.
 */
final class Documents implements AutoCloseable {

    /** How much is remembered, in bytes as stored; the objects made of them take a few times as much. */
    private static final long MAX_BYTES = 32L << 20;

    /** What a document costs besides its bytes and its path, whether there is one or not. */
    private static final int ENTRY_BYTES = 300;

    private final Coordination coordination;
    private final long maxBytes;
    private final Map<String, Entry> remembered = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private Coordination.Registration session; // guarded by this, as are the next two
    private Coordination.Registration watch;
    private boolean closed;
    private volatile boolean watchStands;
    private volatile boolean connected = true;

    Documents(Coordination coordination) {
        this(coordination, MAX_BYTES);
    }

    /** One that remembers no more than {@code maxBytes}. */
    Documents(Coordination coordination, long maxBytes) {
        this.coordination = coordination;
        this.maxBytes = maxBytes;
    }

    /** A document that is read, or being read. */
    final class Entry {
        private final String path;
        private final CompletableFuture<Optional<Versioned<byte[]>>> read;
        private final AtomicBoolean isWeighed = new AtomicBoolean();
        private Object decoded; // guarded by this
        private long weight; // changed only while its place in the map is locked

        private Entry(String path) {
            this.path = path;
            weight = ENTRY_BYTES + 2L * path.length();
            read = coordination.read(path);
        }

        /**
         * Waits for the document.
         *
         * @return empty if there is none: no such znode, or one that was just made and holds nothing yet
         * @throws CoordinationException if it could not be read
         */
        <T> Optional<Versioned<T>> get(Class<T> type) {
            Optional<Versioned<byte[]>> found = raw().filter(it -> it.value().length > 0);
            return orForgotten(() -> found.map(it -> it.with(decoded(it.value(), type))));
        }

        /** Waits for the znode's bytes; empty if there is none. */
        Optional<Versioned<byte[]>> raw() {
            Optional<Versioned<byte[]>> found = orForgotten(() -> await(read));
            if (isWeighed.compareAndSet(false, true)) {
                found.ifPresent(it -> weigh(this, it.value().length));
            }
            return found;
        }

        /** What fails now may succeed when it is asked for again. */
        private <T> T orForgotten(Supplier<T> action) {
            try {
                return action.get();
            } catch (CoordinationException e) {
                forget(this);
                throw e;
            }
        }

        private synchronized <T> T decoded(byte[] json, Class<T> type) {
            if (decoded == null) {
                decoded = Document.read(json, type, path);
            }
            return type.cast(decoded);
        }
    }

    /** The document at {@code path}, as new as what this session has seen. */
    <T> Optional<T> get(String path, Class<T> type) {
        return begin(path).get(type).map(Versioned::value);
    }

    /** As {@link #get}, of one that never changes: good from memory also while the connection is down. */
    <T> Optional<T> getLasting(String path, Class<T> type) {
        Entry known = remembered.get(path);
        Optional<T> found = known == null ? Optional.empty() : known.get(type).map(Versioned::value);
        return found.isPresent() ? found : get(path, type);
    }

    /** The document at {@code path} if it is in memory; never waits. */
    <T> Optional<T> remembered(String path, Class<T> type) {
        Entry known = remembered.get(path);
        return known == null || !known.read.isDone() || known.read.isCompletedExceptionally()
                ? Optional.empty()
                : known.get(type).map(Versioned::value);
    }

    /** Begins to read what will be asked for, unless it is remembered. */
    Entry begin(String path) {
        watch();
        if (!watchStands || !connected) {
            return new Entry(path);
        }
        Entry entry = remembered.computeIfAbsent(path, this::remember);
        forgetIfTooMany();
        return entry;
    }

    /** Names of the children of {@code path}, sorted; not remembered. */
    List<String> children(String path) {
        return await(coordination.children(path));
    }

    /** Once back, all that anybody had committed before is read. */
    void sync() {
        await(coordination.sync());
    }

    private Entry remember(String path) {
        Entry entry = new Entry(path);
        bytes.addAndGet(entry.weight);
        return entry;
    }

    private void weigh(Entry entry, int length) {
        remembered.computeIfPresent(entry.path, (path, present) -> {
            if (present == entry) {
                entry.weight += length;
                bytes.addAndGet(length);
            }
            return present;
        });
        forgetIfTooMany();
    }

    private void forgetIfTooMany() {
        if (bytes.get() > maxBytes) {
            forgetAll();
        }
    }

    /** Reads the document at {@code path} anew, next time. */
    void forget(String path) {
        remembered.computeIfPresent(path, (same, gone) -> {
            bytes.addAndGet(-gone.weight);
            return null;
        });
    }

    private void forget(Entry entry) {
        remembered.computeIfPresent(entry.path, (path, present) -> {
            if (present != entry) {
                return present;
            }
            bytes.addAndGet(-entry.weight);
            return null;
        });
    }

    private void forgetAll() {
        remembered.keySet().forEach(this::forget);
    }

    /** The first to read sets the watch. */
    private void watch() {
        if (watchStands) {
            return;
        }
        synchronized (this) {
            if (closed || watch != null) {
                return;
            }
            if (session == null) {
                session = coordination.onSession(new Listener());
            }
            watch = await(coordination.watch(Paths.SCHEMAS, this::forget));
            watchStands = true;
        }
    }

    /** On a coordination thread: takes no lock that is held while ZooKeeper is waited for. */
    private final class Listener implements Coordination.SessionListener {
        @Override
        public void suspended() {
            connected = false;
        }

        @Override
        public void resumed() {
            missedSome();
        }

        @Override
        public void expired() {
            missedSome();
        }

        private void missedSome() {
            forgetAll();
            connected = true;
        }
    }

    /** Ends the watch; what is read from now on comes from ZooKeeper. */
    @Override
    public synchronized void close() {
        closed = true;
        watchStands = false;
        if (watch != null) {
            watch.close();
        }
        if (session != null) {
            session.close();
        }
        forgetAll();
    }
}
