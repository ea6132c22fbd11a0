package io.millstream.broker.server.handler;

import io.millstream.broker.server.Attachments;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ApiKey;
import java.net.InetSocketAddress;

/** What the requests of tests have in common: an API in its latest version, from nowhere in particular. */
abstract class TestRequest implements RequestContext {

    private final ApiKey api;
    private final Attachments attachments = new Attachments();

    TestRequest(ApiKey api) {
        this.api = api;
    }

    @Override
    public final ApiKey api() {
        return api;
    }

    @Override
    public final short version() {
        return api.max();
    }

    @Override
    public final String clientId() {
        return "test";
    }

    @Override
    public final String listener() {
        return "PLAINTEXT";
    }

    @Override
    public final InetSocketAddress peer() {
        return InetSocketAddress.createUnresolved("test", 1);
    }

    @Override
    public Attachments attachments() {
        return attachments;
    }
}
