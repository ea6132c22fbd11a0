package io.millstream.broker.group;

import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What can be told from the failure of a coordination call. */
final class WriteFailure {

    private WriteFailure() {}

    /** What it says of the outcome; {@link Reason#REFUSED} for any other failure. */
    static Reason reason(Throwable failure) {
        return cause(failure).map(CoordinationException::reason).orElse(Reason.REFUSED);
    }

    /** Whether a commit failed because of the znode at {@code path}, or one below it. */
    static boolean blames(Throwable failure, String path) {
        return reason(failure) == Reason.CONFLICT
                && cause(failure)
                        .flatMap(CoordinationException::path)
                        .filter(found -> found.equals(path) || found.startsWith(path + "/"))
                        .isPresent();
    }

    private static Optional<CoordinationException> cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException
                && cause.getCause() != null) { // one for each stage that passed it on
            cause = cause.getCause();
        }
        return cause instanceof CoordinationException found ? Optional.of(found) : Optional.empty();
    }
}
