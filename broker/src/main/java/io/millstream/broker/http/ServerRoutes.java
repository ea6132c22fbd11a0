package io.millstream.broker.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** What tells of the registry itself; all of it is known beforehand. */
final class ServerRoutes {

    /** By which the registries of a Kafka cluster tell each other; all brokers are one. */
    private static final String REGISTRY = "schema-registry";

    private final String clusterId;

    ServerRoutes(String clusterId) {
        this.clusterId = clusterId;
    }

    List<Route> routes() {
        return List.of(
                Route.fixed("GET", "/", call -> ApiAnswer.json(Json.object())),
                Route.fixed("POST", "/", call -> ApiAnswer.json(Json.object())),
                Route.fixed(
                        "GET",
                        "/schemas/types",
                        call -> ApiAnswer.json(Json.array().add("AVRO"))),
                Route.fixed(
                        "GET", "/contexts", call -> ApiAnswer.json(Json.array().add("."))),
                Route.fixed("GET", "/v1/metadata/id", call -> ApiAnswer.json(id())),
                Route.fixed("GET", "/v1/metadata/version", call -> ApiAnswer.json(version())));
    }

    private ObjectNode id() {
        ObjectNode scope = Json.object();
        scope.putArray("path");
        scope.putObject("clusters").put("kafka-cluster", clusterId).put("schema-registry-cluster", REGISTRY);
        ObjectNode id = Json.object();
        id.set("scope", scope);
        return id.put("id", "");
    }

    private static ObjectNode version() {
        String version = Optional.ofNullable(ServerRoutes.class.getPackage().getImplementationVersion())
                .orElse("unknown");
        return Json.object().put("version", version).put("commitId", "");
    }
}
