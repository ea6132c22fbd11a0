package io.millstream.wire.message;

import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** S2: extreme lengths and counts, in every form, at every byte of a message of every API, version and direction. */
class S2CountBombsTest {

    static Stream<Message> all() {
        return Message.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void aBombAtAnyPlaceIsReadOrRefused(Message kind) throws Exception {
        byte[] valid = HostileFrames.small(kind);
        for (int at = 0; at < valid.length; at++) {
            for (byte[] bomb : Mutations.BOMBS) {
                String where = " at " + at;
                HostileFrames.readOrRefuse(
                        kind,
                        Mutations.overwrite(valid, at, bomb),
                        () -> "bomb " + HexFormat.of().formatHex(bomb) + where);
            }
        }
    }
}
