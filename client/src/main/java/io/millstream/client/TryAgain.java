package io.millstream.client;

/** Trouble that may pass by itself. Never leaves the client: when time is over it is the cause of another exception. */
final class TryAgain extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TryAgain(String message) {
        super(message);
    }
}
