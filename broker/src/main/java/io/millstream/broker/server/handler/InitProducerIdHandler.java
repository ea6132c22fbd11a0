package io.millstream.broker.server.handler;

import io.millstream.broker.controller.ProducerIds;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.message.InitProducerId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers InitProducerId: a new id for an idempotent producer. There are no transactions. */
public final class InitProducerIdHandler implements Handler<InitProducerId.Request> {

    private static final Logger log = LoggerFactory.getLogger(InitProducerIdHandler.class);

    private final ProducerIds ids;

    public InitProducerIdHandler(ProducerIds ids) {
        this.ids = ids;
    }

    @Override
    public CompletionStage<? extends ResponseBody> handle(RequestContext context, InitProducerId.Request request) {
        if (request.transactionalId() != null) {
            return CompletableFuture.completedFuture(refused(ErrorCode.UNSUPPORTED_VERSION));
        }
        return ids.next().handle((id, failure) -> {
            if (failure != null) {
                log.warn("No producer id for {}: {}", context.peer(), failure.getMessage());
                return refused(ErrorCode.COORDINATOR_NOT_AVAILABLE); // clients ask again
            }
            return new InitProducerId.Response(0, ErrorCode.NONE, id, (short) 0);
        });
    }

    private static InitProducerId.Response refused(ErrorCode error) {
        return new InitProducerId.Response(0, error, InitProducerId.NO_ID, InitProducerId.NO_EPOCH);
    }
}
