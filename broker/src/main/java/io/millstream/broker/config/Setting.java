package io.millstream.broker.config;

/**
 * One row of a table of settings.
 *
 * @param name the key, Kafka's where the meaning is the same
 * @param rule how its value is written and what is allowed
 * @param defaultText the value if none is given, as it would be written; null if there is none
 * @param doc one sentence for users, with the unit
 * @param <T> type of the value
 */
public record Setting<T>(String name, Rule<T> rule, String defaultText, String doc) {

    /** How the value is written. */
    public SettingType type() {
        return rule.type();
    }

    /** Which values are allowed, as the end of the sentence "allowed: ...". */
    public String allowed() {
        return rule.allowed();
    }

    /**
     * The value that {@code text} stands for; null stays null.
     *
     * @throws InvalidConfigException if it is not allowed, saying key, value and what is
     */
    public T parse(String text) {
        if (text == null) {
            return null;
        }
        try {
            return rule.parser().apply(text.strip());
        } catch (IllegalArgumentException e) {
            String detail =
                    e.getMessage() == null || e instanceof NumberFormatException ? "" : " (" + e.getMessage() + ")";
            throw new InvalidConfigException(
                    name + "=" + text + " is not allowed" + detail + "; allowed: " + allowed(), e);
        }
    }
}
