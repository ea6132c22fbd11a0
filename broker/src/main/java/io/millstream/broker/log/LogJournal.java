package io.millstream.broker.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a log knows of itself and nothing else can tell: what its segments look like, and its newest {@link LogState} once
 * more. Written a line at a time into two files, so that the loss of one costs nothing.
 *
 * <ul>
 *   <li>{@code begun}: the segment is about to get its first batch. Not forced, as that batch is not; except that a line
 *       which takes back an earlier one is on disk before the batch is written.
 *   <li>{@code complete}: the segment grows no more. On disk before it counts as safe.
 *   <li>{@code coming}: compaction is about to put such a segment there. On disk before it is named so.
 *   <li>{@code cutting}, {@code cut}: files get shorter. A process that dies in between may have shortened one that is as it was
 *       after a loss of power: so the next one forces it.
 *   <li>{@code state}.
 * </ul>
 *
 * <p>So a segment that contradicts its line is not what this log has written, whatever happened in between. One without a
 * line proves nothing: after a loss of power it may be gone. Safe for use by several threads.
 */
final class LogJournal {

    private static final Logger log = LoggerFactory.getLogger(LogJournal.class);

    private static final String BEGUN = "begun";
    private static final String COMPLETE = "complete";
    private static final String COMING = "coming";
    private static final String STATE = "state";
    private static final String CUTTING = "cutting";
    private static final String CUT = "cut";

    /** Lines that no longer say anything, and are kept all the same. */
    private static final int SUPERSEDED = 256;

    private final Path directory;
    private final String owner;
    private final List<JournalCopy> copies;

    // Guarded by this.
    private final Map<Long, SegmentIdentity> known = new HashMap<>();
    private final Map<Long, SegmentIdentity> coming = new HashMap<>();
    private Optional<LogState> state = Optional.empty();
    private boolean cutting;
    private long number; // of the last line
    private int lines;
    private boolean whole = true; // whether both files say the same, and all of it can be read

    private LogJournal(Disk disk, Path directory, PartitionMetadata owner) {
        this.directory = directory;
        this.owner = owner.owner();
        this.copies = List.of(
                new JournalCopy(disk, directory.resolve(LogFiles.JOURNAL)),
                new JournalCopy(disk, directory.resolve(LogFiles.JOURNAL_COPY)));
    }

    /** The journal of a new log, and its state, in a directory that nobody knows yet; the names are not on disk after it. */
    static void make(Disk disk, Path directory, PartitionMetadata owner, LogState first) {
        LogJournal made = new LogJournal(disk, directory, owner);
        byte[] line = new JournalLine(1, stateLine(first)).encode(made.owner);
        made.copies.forEach(copy -> copy.make(line));
        first.make(disk, directory, owner);
    }

    private static String stateLine(LogState state) {
        return STATE + " " + String.join(" ", state.words());
    }

    /** What is on disk, as far as it can be read. */
    static LogJournal open(Disk disk, Path directory, PartitionMetadata owner) {
        LogJournal found = new LogJournal(disk, directory, owner);
        found.load();
        return found;
    }

    private synchronized void load() {
        byte[] one = copies.get(0).read();
        byte[] other = copies.get(1).read();
        List<JournalLine> lines = JournalLine.parseAll(owner, one);
        List<List<JournalLine>> read =
                List.of(lines, Arrays.equals(one, other) ? lines : JournalLine.parseAll(owner, other));
        Map<Long, JournalLine> all = new TreeMap<>();
        read.forEach(each -> each.forEach(line -> all.putIfAbsent(line.number(), line)));
        for (int i = 0; i < copies.size(); i++) {
            whole &= !all.isEmpty()
                    && read.get(i).equals(List.copyOf(all.values()))
                    && copies.get(i).holdsJust(all.size());
        }
        all.values().forEach(this::apply);
        this.lines = all.size();
        if (!whole) {
            log.info("{}: its journal is not all there, {} lines are known", directory, all.size());
        }
    }

    private void apply(JournalLine line) {
        number = Math.max(number, line.number());
        String[] words = line.text().split(" ", -1);
        switch (words[0]) {
            case BEGUN, COMPLETE -> SegmentIdentity.parse(words).ifPresent(this::learn);
            case COMING -> SegmentIdentity.parse(words).ifPresent(it -> coming.put(it.baseOffset(), it));
            case CUTTING, CUT -> cutting = words[0].equals(CUTTING);
            case STATE ->
                LogState.parse(List.of(words).subList(1, words.length)).ifPresent(it -> state = Optional.of(it));
            default -> log.warn("{}: a line of its journal is unknown: {}", directory, line.text());
        }
    }

    private void learn(SegmentIdentity identity) {
        known.put(identity.baseOffset(), identity);
        coming.remove(identity.baseOffset());
    }

    /** Whether nothing is known at all: both files are gone, or the log is from before there were any. */
    synchronized boolean isEmpty() {
        return lines == 0;
    }

    /** The newest state; empty if none can be read. */
    synchronized Optional<LogState> state() {
        return state;
    }

    /** What the segment looks like. */
    synchronized Optional<SegmentIdentity> known(long baseOffset) {
        return Optional.ofNullable(known.get(baseOffset));
    }

    /** What a segment looks like that compaction was about to put there. */
    synchronized Optional<SegmentIdentity> coming(long baseOffset) {
        return Optional.ofNullable(coming.get(baseOffset));
    }

    /** The segment is about to get its first batches, or what it gets is about to change. */
    void begin(SegmentIdentity identity) {
        boolean again;
        synchronized (this) {
            if (identity.equals(known.get(identity.baseOffset()))) {
                return;
            }
            again = known.containsKey(identity.baseOffset()) || coming.containsKey(identity.baseOffset());
            write(List.of(BEGUN + " " + identity.words()));
        }
        if (again) {
            force();
        }
        synchronized (this) {
            learn(identity);
        }
    }

    /** Segments grow no more, and the log's state is another. On disk when this returns. */
    void keep(Collection<SegmentIdentity> complete, LogState next) {
        List<String> texts = new ArrayList<>();
        complete.forEach(each -> texts.add(COMPLETE + " " + each.words()));
        texts.add(stateLine(next));
        synchronized (this) {
            write(texts);
        }
        force();
        synchronized (this) {
            complete.forEach(this::learn);
            state = Optional.of(next);
        }
    }

    /** Drops what no longer says anything, if that is most of it. Not while segments are taken away. */
    synchronized void shorten(LogView now) {
        if (lines <= SUPERSEDED + 4 * now.segmentCount()) {
            return;
        }
        Set<Long> bases = new HashSet<>();
        long last = now.last().baseOffset();
        for (Segment each : now.segments()) {
            bases.add(each.baseOffset());
        }
        known.keySet().stream().filter(base -> base > last).forEach(bases::add); // begun meanwhile
        rewrite(bases);
    }

    /** Files are about to get shorter. On disk when this returns. */
    void cutting() {
        synchronized (this) {
            write(List.of(CUTTING));
            cutting = true;
        }
        force();
    }

    /** They are shorter, on disk too. */
    synchronized void cut() {
        write(List.of(CUT));
        cutting = false;
    }

    /** Whether files may be shorter than they are on disk. */
    synchronized boolean isCutting() {
        return cutting;
    }

    /** Compaction is about to name a segment that is to take others' place. On disk when this returns. */
    void announce(SegmentIdentity fresh) {
        synchronized (this) {
            write(List.of(COMING + " " + fresh.words()));
        }
        force();
        synchronized (this) {
            coming.put(fresh.baseOffset(), fresh);
        }
    }

    /** It has taken their place. */
    synchronized void placed(SegmentIdentity fresh) {
        write(List.of(COMPLETE + " " + fresh.words()));
        learn(fresh);
    }

    private void write(List<String> texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        texts.forEach(text -> bytes.writeBytes(new JournalLine(++number, text).encode(owner)));
        ByteBuf content = Unpooled.wrappedBuffer(bytes.toByteArray());
        copies.forEach(copy -> copy.write(content));
        copies.forEach(copy -> copy.added(content.readableBytes()));
        lines += texts.size();
    }

    private void force() {
        copies.forEach(JournalCopy::force);
    }

    /**
     * After recovery: takes note of what is not known, and mends what could not be read. On disk when this returns.
     *
     * @param found all segments that have batches
     */
    synchronized void settle(List<SegmentIdentity> found, LogState now) {
        Set<Long> bases = new HashSet<>();
        boolean changed = !whole || cutting || !coming.isEmpty() || lines > SUPERSEDED + 4 * found.size();
        for (SegmentIdentity each : found) {
            bases.add(each.baseOffset());
            if (!known.containsKey(each.baseOffset())) {
                learn(each);
                changed = true;
            }
        }
        if (changed) {
            coming.clear();
            cutting = false;
            state = Optional.of(now);
            rewrite(bases);
        }
    }

    /** Writes both files anew, one after the other. Under the monitor, or before anybody else knows of this. */
    private void rewrite(Set<Long> bases) {
        known.keySet().retainAll(bases);
        List<String> texts = new ArrayList<>();
        known.values().forEach(each -> texts.add((each.growing() ? BEGUN : COMPLETE) + " " + each.words()));
        coming.values().forEach(each -> texts.add(COMING + " " + each.words()));
        state.ifPresent(it -> texts.add(stateLine(it)));
        if (cutting) {
            texts.add(CUTTING);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        texts.forEach(text -> bytes.writeBytes(new JournalLine(++number, text).encode(owner)));
        copies.forEach(copy -> copy.replace(bytes.toByteArray()));
        lines = texts.size();
        whole = true;
    }
}
