package io.millstream.broker.controller;

/**
 * What became of something asked of the controller: a value, or a refusal.
 *
 * @param value null if refused
 * @param refusal null if done
 */
public record Outcome<T>(T value, Refusal refusal) {

    static <T> Outcome<T> of(T value) {
        return new Outcome<>(value, null);
    }

    static <T> Outcome<T> refused(Refusal.Reason reason, String message) {
        return new Outcome<>(null, new Refusal(reason, message));
    }

    /** Whether it was refused. */
    public boolean isRefused() {
        return refusal != null;
    }
}
