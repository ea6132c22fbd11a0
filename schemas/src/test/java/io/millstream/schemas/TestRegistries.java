package io.millstream.schemas;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real ZooKeeper for the tests of one class; each test has a chroot of its own. */
public final class TestRegistries implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private final List<Coordination> opened = new ArrayList<>();
    private EmbeddedZooKeeper server;
    private int test;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        server = EmbeddedZooKeeper.start(Files.createTempDirectory("zookeeper"), 0);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        opened.forEach(Coordination::close);
        opened.clear();
        test++;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        server.close();
    }

    /** A session of its own, in the test's chroot; closed after the test. */
    public Coordination connect() {
        Coordination coordination =
                ZooKeeperCoordination.connect(server.connectString() + "/" + test, 10_000, 20_000, Clock.system());
        opened.add(coordination);
        return coordination;
    }

    /** A registry with a session of its own, as in another process. */
    public SchemaRegistry registry() {
        return new SchemaRegistry(connect());
    }
}
