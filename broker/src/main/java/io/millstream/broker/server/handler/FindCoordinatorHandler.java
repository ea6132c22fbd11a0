package io.millstream.broker.server.handler;

import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.group.Groups;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.core.BrokerEndpoint;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.FindCoordinator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers FindCoordinator for groups. There are no transactions. */
public final class FindCoordinatorHandler implements Handler<FindCoordinator.Request> {

    private final Groups groups;
    private final ClusterView view;

    public FindCoordinatorHandler(Groups groups, ClusterView view) {
        this.groups = groups;
        this.view = view;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, FindCoordinator.Request request) {
        return CompletableFuture.completedFuture(new FindCoordinator.Response(
                0,
                request.keys().stream()
                        .map(key -> find(context, request.type(), key))
                        .toList()));
    }

    private FindCoordinator.Found find(RequestContext context, byte type, String key) {
        if (type != FindCoordinator.GROUP) {
            return FindCoordinator.Found.failed(
                    key,
                    ErrorCode.UNSUPPORTED_VERSION,
                    "There are no transactions here, only groups have coordinators");
        }
        OptionalInt owner = groups.coordinator(key);
        Optional<BrokerEndpoint> endpoint = owner.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(view.state().brokers().get(owner.getAsInt()))
                        .flatMap(broker -> broker.value().endpoint(context.listener()));
        return endpoint.map(found -> new FindCoordinator.Found(
                        key, owner.getAsInt(), found.host(), found.port(), ErrorCode.NONE, null))
                .orElseGet(() -> FindCoordinator.Found.failed(
                        key, ErrorCode.COORDINATOR_NOT_AVAILABLE, "No broker coordinates the group at the moment"));
    }
}
