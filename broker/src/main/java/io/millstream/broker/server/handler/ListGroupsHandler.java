package io.millstream.broker.server.handler;

import io.millstream.broker.group.Groups;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.ListGroups;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers ListGroups: the groups that this broker coordinates. */
public final class ListGroupsHandler implements Handler<ListGroups.Request> {

    private static final Logger log = LoggerFactory.getLogger(ListGroupsHandler.class);

    private final Groups groups;

    public ListGroupsHandler(Groups groups) {
        this.groups = groups;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, ListGroups.Request request) {
        Set<String> states = request.states().stream()
                .map(state -> state.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        return groups.list().handle((found, failure) -> {
            if (failure != null) {
                log.warn("Groups cannot be listed for {}: {}", context.peer(), failure.getMessage());
                return new ListGroups.Response(0, ErrorCode.COORDINATOR_NOT_AVAILABLE, List.of());
            }
            return new ListGroups.Response(
                    0,
                    ErrorCode.NONE,
                    found.stream()
                            .filter(group -> states.isEmpty()
                                    || states.contains(group.state().toLowerCase(Locale.ROOT)))
                            .map(group -> new ListGroups.Listed(group.id(), group.protocolType(), group.state()))
                            .toList());
        });
    }
}
