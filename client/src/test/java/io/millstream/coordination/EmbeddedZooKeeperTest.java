package io.millstream.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedZooKeeperTest {

    private static final byte[] OTHER_LOOPBACK = {127, 0, 0, 2};

    @TempDir
    Path dir;

    private static Coordination connect(EmbeddedZooKeeper server) {
        return ZooKeeperCoordination.connect(server.connectString(), 10_000, 20_000, Clock.system());
    }

    @Test
    void servesWhenStartedAndKeepsItsDataOverARestart() throws IOException {
        int port;
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(dir.resolve("new"), 0);
                Coordination coordination = connect(server)) {
            port = server.port();
            assertThat(server.connectString()).isEqualTo("127.0.0.1:" + port);
            Coordination.await(coordination.commit(new Write.Create("/kept", "x".getBytes(UTF_8))));
        }

        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(dir.resolve("new"), port);
                Coordination coordination = connect(server)) {
            assertThat(server.port()).isEqualTo(port);
            assertThat(Coordination.await(coordination.read("/kept"))).isPresent();
        }
        try (Stream<Path> files = Files.list(dir.resolve("new"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".properties")))
                    .hasSize(1);
        }
    }

    @Test
    void listensOnLoopbackAloneAndAnswersNoCommandsButOne() throws IOException {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(dir, 0)) {
            assertThat(answer(server, "srvr")).contains("Zookeeper version");
            assertThat(answer(server, "dump")).contains("not executed because it is not in the whitelist");
            assertThatThrownBy(() -> new Socket(InetAddress.getByAddress(OTHER_LOOPBACK), server.port()).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    private static String answer(EmbeddedZooKeeper server, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(command.getBytes(UTF_8));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void aTakenPortIsOneClearError() throws IOException {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(dir.resolve("a"), 0)) {
            assertThatThrownBy(() -> EmbeddedZooKeeper.start(dir.resolve("b"), server.port()))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("ZooKeeper cannot listen on 127.0.0.1:" + server.port());
        }
    }

    @Test
    void twoRunSideBySide() throws IOException {
        try (EmbeddedZooKeeper one = EmbeddedZooKeeper.start(dir.resolve("a"), 0);
                EmbeddedZooKeeper two = EmbeddedZooKeeper.start(dir.resolve("b"), 0);
                Coordination first = connect(one);
                Coordination second = connect(two)) {
            Coordination.await(first.ensurePath("/only-in-first"));

            assertThat(Coordination.await(first.read("/only-in-first"))).isPresent();
            assertThat(Coordination.await(second.read("/only-in-first"))).isEmpty();
        }
    }
}
