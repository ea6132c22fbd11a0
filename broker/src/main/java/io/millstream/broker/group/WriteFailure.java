package io.millstream.broker.group;

import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;

/** What can be told from the failure of a coordination call. */
final class WriteFailure {

    private WriteFailure() {}

    /** What it says of the outcome; {@link Reason#REFUSED} for any other failure. */
    static Reason reason(Throwable failure) {
        return CoordinationException.in(failure)
                .map(CoordinationException::reason)
                .orElse(Reason.REFUSED);
    }

    /** Whether a commit failed because of the znode at {@code path}, or one below it. */
    static boolean blames(Throwable failure, String path) {
        return reason(failure) == Reason.CONFLICT
                && CoordinationException.in(failure)
                        .flatMap(CoordinationException::path)
                        .filter(found -> found.equals(path) || found.startsWith(path + "/"))
                        .isPresent();
    }
}
