package io.millstream.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millstream.schemas.SchemaException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Calls of a registry's REST API: one of several servers answers, the one that did last is asked first. Answers are bounded
 * in size and time.
 */
final class RegistryCalls {

    private static final String TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int MOST_BYTES = 32 * 1024 * 1024;
    private static final int QUOTED = 600;
    private static final int SERVER_ERROR = 500;
    private static final int OK = 200;
    private static final int REDIRECT = 300;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What went wrong at one server, so that the next may be asked. */
    private static final class Trouble extends Exception {

        private static final long serialVersionUID = 1L;

        /** Whether the call did certainly not reach the server. */
        private final boolean unsent;

        Trouble(String message, boolean unsent, Throwable cause) {
            super(message, cause);
            this.unsent = unsent;
        }
    }

    private final List<URI> servers;
    private final Duration timeout;
    private final Optional<String> authorization;
    private final HttpClient http;
    private volatile int first;

    RegistryCalls(SchemaClientSettings settings) {
        this.servers = settings.servers();
        this.timeout = settings.timeout();
        this.authorization = settings.userInfo()
                .map(user -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    JsonNode get(String path) {
        return call("GET", path, null);
    }

    JsonNode delete(String path) {
        return call("DELETE", path, null);
    }

    JsonNode post(String path, Object body) {
        return call("POST", path, body);
    }

    JsonNode put(String path, Object body) {
        return call("PUT", path, body);
    }

    private JsonNode call(String method, String path, Object body) {
        Trouble last = null;
        int begin = first;
        for (int i = 0; i < servers.size(); i++) {
            int server = (begin + i) % servers.size();
            try {
                JsonNode answer = call(servers.get(server), method, path, body);
                first = server;
                return answer;
            } catch (Trouble e) {
                last = e;
                if (method.equals("DELETE") && !e.unsent) {
                    break; // it may be done: to ask another would only say that it is gone
                }
            }
        }
        String asked = servers.stream().map(URI::toString).collect(Collectors.joining(", "));
        throw new SchemaException(Reason.UNAVAILABLE, "Schema registry " + asked + ": " + last.getMessage(), last);
    }

    private JsonNode call(URI server, String method, String path, Object body) throws Trouble {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .header("Accept", TYPE)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json(body)));
        if (body != null) {
            request.header("Content-Type", TYPE);
        }
        authorization.ifPresent(each -> request.header("Authorization", each));
        HttpResponse<byte[]> answer = answer(request.build());
        if (answer.statusCode() >= SERVER_ERROR) {
            throw new Trouble(server.getAuthority() + " answered " + said(answer), false, null);
        }
        if (answer.statusCode() < OK || answer.statusCode() >= REDIRECT) {
            throw refused(server, answer);
        }
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new Trouble(server.getAuthority() + " did not answer in JSON: is it a schema registry?", false, e);
        }
    }

    /** Also the end of the answer within the time allowed: the client itself only watches over its beginning. */
    private HttpResponse<byte[]> answer(HttpRequest request) throws Trouble {
        String server = request.uri().getAuthority();
        CompletableFuture<HttpResponse<byte[]>> pending = http.sendAsync(request, head -> new BoundedBody(MOST_BYTES));
        try {
            return pending.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            pending.cancel(true);
            throw new Trouble(server + " did not answer within " + timeout.toMillis() + " ms", false, e);
        } catch (InterruptedException e) {
            pending.cancel(true);
            Thread.currentThread().interrupt();
            throw new SchemaException(Reason.UNAVAILABLE, "Interrupted while asking schema registry " + server, e);
        } catch (ExecutionException e) {
            throw trouble(server, e.getCause());
        }
    }

    private Trouble trouble(String server, Throwable cause) {
        if (cause instanceof ConnectException && cause.getCause() instanceof UnresolvedAddressException) {
            return new Trouble("no address is known for " + server, true, cause);
        } else if (cause instanceof ConnectException) {
            return new Trouble(server + " does not accept connections", true, cause);
        } else if (cause instanceof HttpTimeoutException) {
            return new Trouble(server + " cannot be reached within " + timeout.toMillis() + " ms", true, cause);
        }
        return new Trouble(server + " broke off: " + line(String.valueOf(cause.getMessage())), false, cause);
    }

    private static SchemaException refused(URI server, HttpResponse<byte[]> answer) {
        try {
            JsonNode error = JSON.readTree(answer.body());
            int code = error.path("error_code").asInt(answer.statusCode());
            String message = error.path("message").asText("");
            if (!message.isEmpty()) {
                return new SchemaException(RegistryErrors.reason(code), line(message), null);
            }
        } catch (IOException e) {
            return unexpected(server, answer, e);
        }
        return unexpected(server, answer, null);
    }

    private static SchemaException unexpected(URI server, HttpResponse<byte[]> answer, Exception cause) {
        String message =
                "Schema registry " + server.getAuthority() + " answered " + said(answer) + ": is it a schema registry?";
        return new SchemaException(Reason.UNAVAILABLE, message, cause);
    }

    private static String said(HttpResponse<byte[]> answer) {
        return "with status " + answer.statusCode() + " to " + answer.request().method() + " "
                + answer.request().uri().getRawPath();
    }

    /** What others say, on one line of bounded length. */
    private static String line(String message) {
        String line = message.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() <= QUOTED ? line : line.substring(0, QUOTED) + "...";
    }

    private static String json(Object body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps, lists and texts can be written as JSON", e);
        }
    }
}
