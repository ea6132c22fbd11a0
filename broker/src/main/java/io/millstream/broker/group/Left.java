package io.millstream.broker.group;

import io.millstream.wire.ErrorCode;
import java.util.List;

/**
 * The answer to a request to leave.
 *
 * @param error of the request as a whole
 * @param members each of those who leave, in the order given
 */
public record Left(ErrorCode error, List<Entry> members) {

    /** What became of one of them. */
    public record Entry(Leaving member, ErrorCode error) {}

    /** Refused altogether. */
    public static Left refused(ErrorCode error) {
        return new Left(error, List.of());
    }
}
