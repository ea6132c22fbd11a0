package io.millstream.broker.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * A file's content in sectors: what processes see, and what may be on the platter. Until the file is forced, each sector
 * may be there as it was at any time since it last was, and so may the length, each independently of the others: that is
 * how what was written gets dropped, torn and reordered.
 */
final class SimContent implements SimNode {

    static final int SECTOR_BYTES = 512;

    /** Versions of a sector, or lengths, that are remembered since the last force. */
    private static final int VERSIONS = 8;

    private static final byte[] ZEROS = new byte[SECTOR_BYTES];

    private static final class Sector {
        byte[] settled = ZEROS;
        byte[] latest = ZEROS;
        final List<byte[]> since = new ArrayList<>(2); // the last one is the latest
        boolean givenUp; // a force failed: it counts as clean, but is not on the platter
    }

    private final List<Sector> sectors = new ArrayList<>();
    private final BitSet dirty = new BitSet();
    private final List<Integer> sizes = new ArrayList<>(List.of(0)); // the first is on the platter
    private int size;
    private long modifiedMillis;

    SimContent(long nowMillis) {
        modifiedMillis = nowMillis;
    }

    int size() {
        return size;
    }

    long modifiedMillis() {
        return modifiedMillis;
    }

    int read(ByteBuffer into, long position) {
        int start = into.position();
        long at = position;
        while (into.hasRemaining() && at < size) {
            int offset = (int) (at % SECTOR_BYTES);
            int count = (int) Math.min(Math.min(into.remaining(), SECTOR_BYTES - offset), size - at);
            into.put(sector((int) (at / SECTOR_BYTES)).latest, offset, count);
            at += count;
        }
        return into.position() - start;
    }

    void write(ByteBuffer bytes, long position, long nowMillis) {
        long at = position;
        while (bytes.hasRemaining()) {
            int offset = (int) (at % SECTOR_BYTES);
            int count = Math.min(bytes.remaining(), SECTOR_BYTES - offset);
            byte[] next = sector((int) (at / SECTOR_BYTES)).latest.clone();
            bytes.get(next, offset, count);
            replace((int) (at / SECTOR_BYTES), next);
            at += count;
        }
        if (at > size) {
            resize((int) at);
        }
        modifiedMillis = nowMillis;
    }

    void truncate(long to, long nowMillis) {
        if (to >= size) {
            return;
        }
        int first = (int) (to / SECTOR_BYTES);
        for (int i = first; i < sectors.size(); i++) {
            byte[] next = ZEROS;
            if (i == first) {
                next = sectors.get(i).latest.clone();
                Arrays.fill(next, (int) (to % SECTOR_BYTES), SECTOR_BYTES, (byte) 0);
            }
            replace(i, next);
        }
        resize((int) to);
        modifiedMillis = nowMillis;
    }

    private Sector sector(int i) {
        while (sectors.size() <= i) {
            sectors.add(new Sector());
        }
        return sectors.get(i);
    }

    private void replace(int i, byte[] next) {
        Sector sector = sectors.get(i);
        sector.latest = next;
        sector.givenUp = false;
        if (sector.since.size() == VERSIONS) {
            sector.since.remove(0);
        }
        sector.since.add(next);
        dirty.set(i);
    }

    private void resize(int to) {
        size = to;
        if (sizes.size() > VERSIONS) {
            sizes.remove(1);
        }
        sizes.add(to);
    }

    /** Puts on the platter what counts as dirty. */
    void force() {
        for (int i = dirty.nextSetBit(0); i >= 0; i = dirty.nextSetBit(i + 1)) {
            Sector sector = sectors.get(i);
            if (!sector.givenUp) {
                sector.settled = sector.latest;
                sector.since.clear();
                dirty.clear(i);
            }
        }
        settleSize(size);
    }

    /** What is dirty counts as clean from now on, but is not on the platter. */
    void forceFails() {
        for (int i = dirty.nextSetBit(0); i >= 0; i = dirty.nextSetBit(i + 1)) {
            sectors.get(i).givenUp = true;
        }
    }

    private void settleSize(int to) {
        size = to;
        sizes.clear();
        sizes.add(to);
    }

    /** Keeps of each sector, and of the length, what happened to be on the platter. */
    void losePower(Random random) {
        int luck = random.nextInt(4); // sometimes nothing since the last force is there, sometimes all of it
        for (int i = dirty.nextSetBit(0); i >= 0; i = dirty.nextSetBit(i + 1)) {
            Sector sector = sectors.get(i);
            int version = chosen(random, luck, sector.since.size() + 1);
            sector.settled = version == 0 ? sector.settled : sector.since.get(version - 1);
            sector.latest = sector.settled;
            sector.since.clear();
            sector.givenUp = false;
        }
        // What lies behind the end reads as zeros should the file grow again.
        int kept = sizes.get(chosen(random, random.nextBoolean() ? luck : 2, sizes.size()));
        settleSize(Integer.MAX_VALUE);
        truncate(kept, modifiedMillis);
        force();
    }

    private static int chosen(Random random, int luck, int versions) {
        return switch (luck) {
            case 0 -> 0;
            case 1 -> versions - 1;
            default -> random.nextInt(versions);
        };
    }
}
