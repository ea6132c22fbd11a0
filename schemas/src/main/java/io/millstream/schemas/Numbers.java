package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;

/** Ids and versions, of which there are many but not without end. */
final class Numbers {

    private Numbers() {}

    /** The number after {@code last}; what was imported may have used up all there are. */
    static int after(int last, String what) {
        if (last == Integer.MAX_VALUE) {
            throw new SchemaException(
                    Reason.NOT_PERMITTED,
                    "No " + what + " is left: the last one possible, " + last + ", is used",
                    null);
        }
        return last + 1;
    }
}
