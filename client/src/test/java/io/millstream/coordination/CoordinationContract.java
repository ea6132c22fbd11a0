package io.millstream.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.coordination.CoordinationException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every {@link Coordination} must do. The real one and any that stands in for it in a simulation pass the same tests;
 * otherwise a simulation would prove nothing.
 * {@link CommitContract} and {@link SessionContract} hold the tests.
 */
abstract class CoordinationContract {

    private final List<Coordination> opened = new ArrayList<>();
    protected Coordination coordination;

    /** A new session with a store that is empty at the start of each test. */
    protected abstract Coordination open();

    @BeforeEach
    final void connect() {
        coordination = another();
    }

    @AfterEach
    final void disconnect() {
        opened.forEach(Coordination::close);
    }

    protected final Coordination another() {
        Coordination created = open();
        opened.add(created);
        return created;
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    protected final int commit(Write step) {
        return Coordination.await(coordination.commit(step));
    }

    protected final List<Integer> commit(Write... steps) {
        return Coordination.await(coordination.commit(List.of(steps)));
    }

    protected final Optional<String> textOf(String path) {
        return Coordination.await(coordination.read(path)).map(found -> new String(found.value(), UTF_8));
    }

    protected static CoordinationException failure(Runnable action) {
        CoordinationException failure = catchThrowableOfType(CoordinationException.class, action::run);
        assertThat(failure).as("a CoordinationException").isNotNull();
        return failure;
    }

    protected final CoordinationException conflict(Write... steps) {
        CoordinationException failure = failure(() -> commit(steps));
        assertThat(failure.reason()).isEqualTo(Reason.CONFLICT);
        return failure;
    }
}
