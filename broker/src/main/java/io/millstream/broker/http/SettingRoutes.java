package io.millstream.broker.http;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Routes of a setting that all subjects have together, and each may have for itself. A subject that is empty stands for all.
 *
 * @param address of the setting of all subjects; a subject's is below it
 * @param usual what all have while nothing is set
 * @param own what is set for a subject
 * @param effective what a subject has
 * @param deleted deletes what is set, and returns it
 * @param set does as a request says
 * @param answer that tells a value
 * @param notConfigured what to say of a subject for which nothing is set
 */
record SettingRoutes<T>(
        String address,
        T usual,
        Function<Optional<String>, Optional<T>> own,
        Function<String, T> effective,
        Function<Optional<String>, Optional<T>> deleted,
        BiFunction<Call, Optional<String>, ApiAnswer> set,
        Function<T, ApiAnswer> answer,
        Function<String, ApiException> notConfigured) {

    List<Route> routes() {
        String one = address + "/{subject}";
        return List.of(
                Route.of("GET", address, call -> get(call, Optional.empty())),
                Route.of("PUT", address, call -> set.apply(call, Optional.empty())),
                Route.of("DELETE", address, call -> delete(Optional.empty())),
                Route.of("GET", one, call -> get(call, call.subjectOrAll())),
                Route.of("PUT", one, call -> set.apply(call, call.newSubjectOrAll())),
                Route.of("DELETE", one, call -> delete(call.subjectOrAll())));
    }

    private ApiAnswer get(Call call, Optional<String> subject) {
        if (subject.isEmpty()) {
            return answer.apply(own.apply(subject).orElse(usual));
        }
        return own.apply(subject)
                .or(() -> call.query().flag("defaultToGlobal")
                        ? Optional.of(effective.apply(subject.get()))
                        : Optional.empty())
                .map(answer)
                .orElseThrow(() -> notConfigured.apply(subject.get()));
    }

    private ApiAnswer delete(Optional<String> subject) {
        Optional<T> was = deleted.apply(subject);
        return answer.apply(subject.map(name -> was.orElseThrow(() -> SubjectName.notFound(name)))
                .orElse(was.orElse(usual)));
    }
}
