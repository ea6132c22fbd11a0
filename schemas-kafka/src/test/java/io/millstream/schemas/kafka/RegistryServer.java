package io.millstream.schemas.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The least that a registry's REST API can be: takes schemas, and gives them back. */
final class RegistryServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String IDS = "/schemas/ids/";

    private final List<String> schemas = new ArrayList<>();
    private final Map<String, Integer> latest = new HashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    RegistryServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Method and path of each call. */
    List<String> asked() {
        return asked;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        asked.add(exchange.getRequestMethod() + " " + path);
        Map<String, Object> answer = answer(path, JSON.readTree(exchange.getRequestBody()));
        boolean found = !answer.isEmpty();
        byte[] bytes = JSON.writeValueAsString(
                        found ? answer : Map.of("error_code", 40403, "message", "Schema not found"))
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(found ? 200 : 404, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Map<String, Object> answer(String path, JsonNode body) {
        if (path.startsWith(IDS)) {
            int id = Integer.parseInt(path.substring(IDS.length()));
            return id <= schemas.size() ? Map.of("schema", schemas.get(id - 1)) : Map.of();
        }
        String subject = path.replaceAll("\\?.*", "").split("/", -1)[2];
        if (path.endsWith("/versions/latest")) {
            return version(subject, latest.getOrDefault(subject, 0));
        }
        String text = body.get("schema").asText();
        if (path.contains("/versions")) {
            if (!schemas.contains(text)) {
                schemas.add(text);
            }
            latest.put(subject, schemas.indexOf(text) + 1);
        }
        return version(subject, schemas.indexOf(text) + 1);
    }

    private Map<String, Object> version(String subject, int id) {
        return id == 0 ? Map.of() : Map.of("subject", subject, "version", 1, "id", id, "schema", schemas.get(id - 1));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
