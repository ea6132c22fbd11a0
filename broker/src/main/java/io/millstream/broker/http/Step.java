package io.millstream.broker.http;

import java.util.function.Supplier;

/** What a request needs. */
sealed interface Step {

    /** Nothing more. */
    record Answered(ApiAnswer answer) implements Step {}

    /** Work that may block; never fails. */
    record Work(Supplier<ApiAnswer> work) implements Step {}
}
