package io.millstream.broker.http;

import io.millstream.schemas.SchemaException;
import io.millstream.schemas.SchemaRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The REST API of the Confluent Schema Registry over a {@link SchemaRegistry}: what a request asks for, and what it is
 * answered. Knows nothing of connections. Safe for use by several threads.
 */
public final class RegistryApi {

    private static final Logger log = LoggerFactory.getLogger(RegistryApi.class);

    /** Before an address: the default context, which is the only one. */
    private static final List<String> IN_DEFAULT_CONTEXT = List.of("contexts", SubjectName.DEFAULT_CONTEXT);

    private final List<Route> routes;

    /** @param clusterId of the cluster whose registry it is */
    public RegistryApi(SchemaRegistry registry, String clusterId) {
        this(Stream.of(
                        new ServerRoutes(clusterId).routes(),
                        new SchemaRoutes(registry).routes(),
                        new SubjectRoutes(registry).routes(),
                        new VersionRoutes(registry).routes(),
                        new CompatibilityRoutes(registry).routes(),
                        new LevelRoutes(registry).routes(),
                        new ModeRoutes(registry).routes())
                .flatMap(List::stream)
                .toList());
    }

    RegistryApi(List<Route> routes) {
        this.routes = routes;
    }

    List<Route> routes() {
        return routes;
    }

    /** What a request needs. Quick; never fails. */
    Step begin(ApiRequest request) {
        try {
            return find(request);
        } catch (ApiException e) {
            return new Step.Answered(ApiAnswer.refusal(e));
        }
    }

    private Step find(ApiRequest request) {
        List<Route> here = new ArrayList<>();
        List<String> names = List.of();
        List<String> segments = withoutContext(PercentEncoding.segments(path(request)));
        for (Route route : routes) {
            Optional<List<String>> match = route.match(segments);
            if (match.isPresent()) {
                here.add(route);
                names = match.get();
            }
        }
        if (here.isEmpty()) {
            throw ApiException.noSuchRoute();
        }
        if (request.method().equals("OPTIONS")) {
            return new Step.Answered(ApiAnswer.options(allowed(here)));
        }
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        Route route = here.stream()
                .filter(each -> each.method().equals(method))
                .findFirst()
                .orElseThrow(() -> ApiException.methodNotAllowed(allowed(here)));
        if (route.hasBody() && !MediaTypes.canRead(request.contentType())) {
            throw ApiException.unsupportedMediaType();
        }
        String type = MediaTypes.answered(request.accept()).orElseThrow(ApiException::notAcceptable);
        Call call = new Call(names, Query.parse(request.query()), request.body());
        return step(route, call, type);
    }

    /** OPTIONS of an asterisk asks about all there is (RFC 9110, 9.3.7): here that is what is at the root. */
    private static String path(ApiRequest request) {
        boolean all = request.method().equals("OPTIONS") && request.path().equals("*");
        return all ? "/" : request.path();
    }

    private static Step step(Route route, Call call, String type) {
        String what = route.method() + " " + route.pattern();
        List<ApiAnswer> known = new ArrayList<>();
        ApiAnswer failure = guarded(what, () -> {
            route.known().apply(call).ifPresent(known::add);
            return null;
        });
        if (failure != null || !known.isEmpty()) {
            return new Step.Answered((failure != null ? failure : known.get(0)).as(type));
        }
        return new Step.Work(() -> guarded(what, () -> route.work().apply(call)).as(type));
    }

    private static ApiAnswer guarded(String what, Supplier<ApiAnswer> work) {
        try {
            return work.get();
        } catch (ApiException e) {
            return ApiAnswer.refusal(e);
        } catch (SchemaException e) {
            ApiException refusal = ErrorCodes.refusal(e);
            if (refusal.status() >= 500) {
                log.warn("{} failed: {}", what, Json.oneLine(e.getMessage()));
            }
            return ApiAnswer.refusal(refusal);
        } catch (RuntimeException e) { // a defect of ours: the client gets an answer, the log gets the reason
            log.error("{} failed", what, e);
            return ApiAnswer.refusal(
                    new ApiException(500, 500, "Internal Server Error: the broker's log has the reason"));
        }
    }

    private static List<String> withoutContext(List<String> segments) {
        boolean context = segments.size() >= 2 && segments.subList(0, 2).equals(IN_DEFAULT_CONTEXT);
        return context ? segments.subList(2, segments.size()) : segments;
    }

    private static SortedSet<String> allowed(Collection<Route> here) {
        SortedSet<String> methods = new TreeSet<>();
        here.forEach(route -> methods.add(route.method()));
        methods.add("OPTIONS");
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return methods;
    }
}
