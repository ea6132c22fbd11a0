package io.millstream.cli;

/** Does something if SIGTERM or Ctrl-C ends the process before {@link #off}. The exit code stays that of the signal. */
final class OnSignal {

    private final Thread hook;

    /** @param action run while all other threads go on; keeps the process from ending, so it must be quick */
    OnSignal(Runnable action) {
        hook = new Thread(action, "millstream-signal");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** From now on a signal ends the process as it usually does. */
    void off() {
        try {
            var unused = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException signalWasFaster) {
            return; // the action runs, and the process ends after it
        }
    }
}
