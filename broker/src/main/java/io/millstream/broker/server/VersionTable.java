package io.millstream.broker.server;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.ApiVersions;
import java.util.Collection;
import java.util.List;

/** What ApiVersions tells: the APIs that are answered here, and in which versions. Immutable. */
final class VersionTable {

    /** The version in which a client that asked in a version unknown here is answered (KIP-511). */
    static final short UNSUPPORTED_ANSWER_VERSION = 0;

    private final List<ApiVersions.Window> windows;

    VersionTable(Collection<ApiKey> apis) {
        windows = apis.stream()
                .map(api -> new ApiVersions.Window(api.id(), api.advertisedMin(), api.max()))
                .toList();
    }

    ApiVersions.Response answer() {
        return new ApiVersions.Response(ErrorCode.NONE, windows, 0);
    }

    /** The answer in {@link #UNSUPPORTED_ANSWER_VERSION}. */
    ApiVersions.Response unsupported() {
        return new ApiVersions.Response(ErrorCode.UNSUPPORTED_VERSION, windows, 0);
    }
}
