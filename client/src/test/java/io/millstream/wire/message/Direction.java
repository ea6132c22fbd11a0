package io.millstream.wire.message;

/** Which half of an API a test looks at. */
enum Direction {
    REQUEST,
    RESPONSE
}
