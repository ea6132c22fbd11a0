package io.millstream.broker.server.handler;

import io.millstream.wire.Opaque;

/** What members tell one another, as groups keep it. */
final class GroupBytes {

    private GroupBytes() {}

    static byte[] of(Opaque opaque) {
        byte[] bytes = new byte[opaque.size()];
        opaque.asByteBuffer().get(bytes);
        return bytes;
    }
}
