package io.millstream.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.ApiVersions;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** S1: a frame whose length is out of bounds closes its connection as soon as the length is read, and only that one. */
@ExtendWith(NoLeaks.class)
class S1FrameLengthTest {

    private static final int LARGEST = 1_000_000;

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, Integer.MIN_VALUE, Integer.MAX_VALUE, LARGEST + 1})
    void aLengthOutOfBoundsClosesTheConnection(int length) {
        try (NetworkServer listener = TestServers.start(Dispatcher.builder(), LARGEST, 600_000);
                LogLines log = new LogLines(NetworkServer.class);
                RawClient honest = RawClient.connect(TestServers.port(listener));
                RawClient hostile = RawClient.connect(TestServers.port(listener))) {
            // when
            hostile.sendBytes(ByteBuffer.allocate(4).putInt(length).array());

            // then
            hostile.assertHungUp();
            assertThat(log.with(":" + hostile.localPort())).singleElement().satisfies(line -> assertThat(line)
                    .contains("A frame of " + length + " bytes"));
            assertThat(honest.ask(new ApiVersions.Request("raw", "1"), ApiVersions.Response.class)
                            .error())
                    .isEqualTo(ErrorCode.NONE);
        }
    }
}
