package io.millstream.schemas;

import io.millstream.schemas.SchemaException.Reason;

/** The error codes of a registry's REST API, read. Pure. */
final class RegistryErrors {

    private static final int NOT_FOUND = 404;
    private static final int UNPROCESSABLE = 422;
    private static final int SUBCODES = 100;

    private RegistryErrors() {}

    /** What an {@code error_code} means; a code that only others have, by its HTTP status. */
    static Reason reason(int code) {
        for (Reason reason : Reason.values()) {
            if (reason.code() == code) {
                return reason;
            }
        }
        return switch (code / SUBCODES) {
            case NOT_FOUND -> Reason.NOT_FOUND;
            case UNPROCESSABLE -> Reason.INVALID;
            default -> Reason.UNAVAILABLE;
        };
    }

    /** Whether it says that something certainly is not there. */
    static boolean isAbsence(Reason reason) {
        return switch (reason) {
            case NOT_FOUND, SUBJECT_NOT_FOUND, VERSION_NOT_FOUND, SUBJECT_SOFT_DELETED, VERSION_SOFT_DELETED -> true;
            default -> false;
        };
    }
}
