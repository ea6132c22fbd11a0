package io.millstream.schemas;

import java.util.List;
import java.util.function.Supplier;

/** Something to be changed in the registry, decided anew whenever others were faster. */
interface Change<T> {

    /** What {@link #plan} found, or is to find once the draft is committed. */
    sealed interface Plan<T> {

        /** The draft has what is to be committed. */
        record Written<T>(T result) implements Plan<T> {}

        /** Nothing is to be done, since it is so. */
        record Found<T>(T result) implements Plan<T> {}

        /**
         * Nothing is to be done any more. If the answer to an earlier try was lost, that try did it, and its result counts.
         *
         * @param otherwise says what it is, or throws, if there was no earlier try
         */
        record Already<T>(Supplier<T> otherwise) implements Plan<T> {}

        /** It depends on what is in the draft and not committed yet: to be planned again with the next draft. */
        record Later<T>() implements Plan<T> {}
    }

    /** Whether others may share the draft: not if this looks at what is not read through it. */
    boolean sharesDraft();

    /** Documents that {@link #plan} is going to read: read at once, to save time. */
    List<String> reads();

    /**
     * Decides by what the draft has, and writes into it. Called again, with a new draft, after each conflict.
     *
     * @throws SchemaException if it is not possible; nothing was written into the draft then
     */
    Plan<T> plan(Draft draft);

    /** The answer to what was planned last is lost: if it was done, it is not to be done to something else. */
    default void mayBeDone() {}
}
