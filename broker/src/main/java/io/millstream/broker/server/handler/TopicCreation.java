package io.millstream.broker.server.handler;

import io.millstream.broker.controller.NewTopic;
import io.millstream.wire.ErrorCode;
import java.util.concurrent.CompletableFuture;

/** Creates topics, whichever broker is the controller. */
@FunctionalInterface
public interface TopicCreation {

    /**
     * Asks for a topic.
     *
     * @return {@link ErrorCode#NONE} once the controller has created it, or the controller's objection; {@link
     *     ErrorCode#NOT_CONTROLLER} if no controller was found. Never fails
     */
    CompletableFuture<ErrorCode> create(NewTopic topic);
}
