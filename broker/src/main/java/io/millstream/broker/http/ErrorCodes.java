package io.millstream.broker.http;

import io.millstream.schemas.SchemaException;

/** The registry's failures as the API tells them: an HTTP status, and a code that begins with it. */
final class ErrorCodes {

    private static final int FIRST_WITH_MORE_DIGITS = 1000;

    private ErrorCodes() {}

    static ApiException refusal(SchemaException failure) {
        int code = failure.reason().code();
        int status = code < FIRST_WITH_MORE_DIGITS ? code : code / 100;
        return new ApiException(status, code, failure.getMessage());
    }
}
