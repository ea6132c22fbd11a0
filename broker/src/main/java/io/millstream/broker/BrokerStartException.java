package io.millstream.broker;

/** Why a broker does not start. */
public final class BrokerStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String advice;

    /**
     * @param what went wrong: one sentence without a full stop
     * @param advice what to do: one sentence without a full stop
     */
    public BrokerStartException(String what, String advice) {
        this(what, advice, null);
    }

    /** @see #BrokerStartException(String, String) */
    public BrokerStartException(String what, String advice, Throwable cause) {
        super(what, cause);
        this.advice = advice;
    }

    /** What to do: one sentence without a full stop. */
    public String advice() {
        return advice;
    }
}
