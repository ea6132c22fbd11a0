package io.millstream.broker.log;

/** Who sets a record's timestamp ({@code message.timestamp.type}). */
public enum TimestampType {
    /** The producer. */
    CREATE_TIME("CreateTime"),

    /** The broker, when it appends. */
    LOG_APPEND_TIME("LogAppendTime");

    private final String label;

    TimestampType(String label) {
        this.label = label;
    }

    /** The name in configuration. */
    public String label() {
        return label;
    }

    /** @throws IllegalArgumentException if no type has this name */
    public static TimestampType of(String label) {
        for (TimestampType type : values()) {
            if (type.label.equals(label)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "message.timestamp.type '" + label + "' is neither CreateTime nor LogAppendTime");
    }
}
