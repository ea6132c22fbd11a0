package io.millstream.wire.message;

import io.millstream.wire.Writer;
import java.util.List;

/** What old versions of an API have room for one of, and later ones for many. */
final class Single {

    private Single() {}

    /** The only element. */
    static <T> T of(List<T> list, Writer out) {
        if (list.size() != 1) {
            throw new IllegalArgumentException("Version " + out.version() + " has room for one, not " + list.size());
        }
        return list.get(0);
    }
}
