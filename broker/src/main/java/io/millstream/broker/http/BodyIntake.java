package io.millstream.broker.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * Takes in bodies of requests: none larger than allowed, and not too much of all together. For use on the endpoint's event
 * loop only.
 */
final class BodyIntake {

    private final HttpLimits limits;
    private long held;

    BodyIntake(HttpLimits limits) {
        this.limits = limits;
    }

    /** One body on its way. */
    private final class Body {

        private final Consumer<byte[]> whole;
        private final Consumer<ApiException> refused;
        private Buffer buffer = Buffer.buffer();
        private boolean over;

        Body(Consumer<byte[]> whole, Consumer<ApiException> refused) {
            this.whole = whole;
            this.refused = refused;
        }

        void add(Buffer part) {
            if (over) {
                return; // what comes after a refusal is let go
            }
            if (buffer.length() + part.length() > limits.bodyBytes()) {
                refuse(ApiException.tooLarge(limits.bodyBytes()));
            } else if (held + part.length() > limits.heldBytes()) {
                refuse(ApiException.unavailable("The broker holds too much of other requests: try again"));
            } else {
                held += part.length();
                buffer.appendBuffer(part);
            }
        }

        void refuse(ApiException why) {
            letGo();
            refused.accept(why);
        }

        void letGo() {
            if (!over) {
                over = true;
                held -= buffer.length();
                buffer = Buffer.buffer();
            }
        }

        void end() {
            if (!over) {
                over = true;
                byte[] bytes = buffer.getBytes();
                buffer = Buffer.buffer(); // the request may hold this for long, and bytes are counted once
                whole.accept(bytes);
            }
        }
    }

    /**
     * Takes in the body of {@code request}.
     *
     * @param whole is given it, and calls {@link #done} when it is no longer needed
     * @param refused is told why it is not taken; the rest of it still comes in, and is let go
     */
    void receive(HttpServerRequest request, Consumer<byte[]> whole, Consumer<ApiException> refused) {
        Body body = new Body(whole, refused);
        request.handler(body::add);
        request.exceptionHandler(failure -> body.letGo()); // the connection is gone
        request.endHandler(end -> body.end());
        if (declaredLength(request) > limits.bodyBytes()) {
            body.refuse(ApiException.tooLarge(limits.bodyBytes()));
        } else if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            var unused = request.response().writeContinue();
        }
    }

    private static long declaredLength(HttpServerRequest request) {
        String declared = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return declared == null ? 0 : Long.parseLong(declared.strip());
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // longer than any number of bytes
        }
    }

    void done(byte[] body) {
        held -= body.length;
    }
}
