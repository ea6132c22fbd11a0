package io.millstream.clients.suite;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.stream.Stream;

/** Calls whose name did not survive from the oldest version to the newest, or is deprecated in the newest. */
final class Renamed {

    private Renamed() {}

    /** Calls the first of {@code names} that {@code on} has, without arguments. */
    static Object call(Object on, String... names) {
        Method method = Stream.of(names)
                .flatMap(name -> find(on.getClass(), name).stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError(on.getClass() + " has none of " + String.join(", ", names)));
        try {
            return method.invoke(on);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static Optional<Method> find(Class<?> type, String name) {
        try {
            return Optional.of(type.getMethod(name));
        } catch (NoSuchMethodException absent) {
            return Optional.empty();
        }
    }
}
