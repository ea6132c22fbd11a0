package io.millstream.broker.log;

/**
 * Whether a segment that no longer grows begins and ends where its neighbours' names say. Reads a few headers, so that a
 * file that is missing, cut, or another's is noticed before readers pass over what it should hold.
 *
 * @param sparseBelow offsets below may be missing: compaction has been there
 * @param insideBelow offsets below may be missing between the file's name and its last batch
 */
record SegmentBounds(Segment segment, long sparseBelow, long insideBelow) {

    /**
     * Checks.
     *
     * @param nextBase where the next segment begins
     * @throws StorageException of kind {@code DAMAGED} if offsets are missing in between, or are there twice
     */
    void check(long nextBase) {
        segment.retain();
        try {
            int size = segment.size();
            BatchCursor cursor = segment.seek(segment.baseOffset(), size);
            long first = cursor.atEnd() ? nextBase : cursor.baseOffset();
            if (cursor.position() != 0 || isWrong(segment.baseOffset(), first, insideBelow)) {
                throw cursor.damaged("begins at offset " + first + ", where its name says " + segment.baseOffset());
            }
            cursor = segment.seek(nextBase - 1, size);
            while (!cursor.atEnd()) {
                cursor.next();
            }
            long end = size == 0 ? segment.baseOffset() : cursor.nextOffset();
            if (isWrong(end, nextBase, sparseBelow)) {
                throw cursor.damaged("ends at offset " + end + ", where the next file begins with " + nextBase
                        + ": a file is missing, or not what it was");
            }
        } finally {
            segment.release();
        }
    }

    /** Whether what follows {@code end} may not be {@code next}. */
    private static boolean isWrong(long end, long next, long gapsBelow) {
        return next < end || (next > end && next > gapsBelow);
    }
}
