package io.millstream.hadoop.ingest;

import java.util.List;

/** How the offsets of a commit are written, and how the request is called that decides. */
enum Commit {
    /** All in the one request. */
    AT_ONCE(0),
    /** Each partition's in a request of its own. */
    IN_CHUNKS(1);

    private static final String DECIDES =
            "Check /ingest/\\*/fence, (Create|Update) /ingest/\\*/run( #\\d)?, Update /consumers/\\*/fence";

    private final int maxBytes;

    Commit(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    int maxBytes() {
        return maxBytes;
    }

    /** The call among {@code calls} from which on a run counts. */
    String among(List<String> calls) {
        List<String> found = calls.stream()
                .filter(call -> call.matches(DECIDES + (this == AT_ONCE ? ", .*" : "")))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError("Not one commit but " + found + " among " + calls);
        }
        return found.get(0);
    }
}
