package io.millstream.broker.config;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * How the text of a setting becomes a value, and which values are allowed.
 *
 * @param type how the value is written
 * @param allowed what is allowed, as the end of the sentence "allowed: ..."
 * @param parser throws {@link IllegalArgumentException} on text that is not allowed
 */
record Rule<T>(SettingType type, String allowed, Function<String, T> parser) {

    static Rule<Boolean> bool() {
        return new Rule<>(SettingType.BOOLEAN, "true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        });
    }

    static Rule<Integer> integer(int min, int max) {
        return new Rule<>(SettingType.INT, range(min, max, Integer.MAX_VALUE), text -> {
            int value = Integer.parseInt(text);
            require(value >= min && value <= max);
            return value;
        });
    }

    static Rule<Long> number(long min) {
        return new Rule<>(SettingType.LONG, range(min, Long.MAX_VALUE, Long.MAX_VALUE), text -> {
            long value = Long.parseLong(text);
            require(value >= min);
            return value;
        });
    }

    static Rule<Double> fraction(double min, double max) {
        String range = max == Double.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max;
        return new Rule<>(SettingType.DOUBLE, "a number " + range, text -> {
            double value = Double.parseDouble(text);
            require(value >= min && value <= max);
            return value;
        });
    }

    /** Comma-separated, each value once. */
    static Rule<Set<String>> someOf(String... values) {
        List<String> allowed = List.of(values);
        return new Rule<>(SettingType.LIST, String.join(", ", allowed) + ", or several with commas between", text -> {
            Set<String> chosen = new TreeSet<>();
            for (String entry : text.split(",", -1)) {
                require(allowed.contains(entry.strip()) && chosen.add(entry.strip()));
            }
            return Collections.unmodifiableSet(chosen);
        });
    }

    static Rule<String> oneOf(String... values) {
        List<String> allowed = List.of(values);
        String sentence = allowed.size() == 1 ? "only " + values[0] + " so far" : String.join(" or ", allowed);
        return new Rule<>(SettingType.STRING, sentence, text -> {
            require(allowed.contains(text));
            return text;
        });
    }

    static Rule<String> text(String allowed) {
        return new Rule<>(SettingType.STRING, allowed, text -> {
            require(!text.isBlank());
            return text;
        });
    }

    /** Comma-separated, at least one entry, none of them empty. */
    static <E> Rule<List<E>> list(String allowed, Function<String, E> element) {
        return new Rule<>(SettingType.LIST, allowed, text -> Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .map(entry -> {
                    require(!entry.isEmpty());
                    return element.apply(entry);
                })
                .toList());
    }

    /** Comma-separated names, each with a whole number of at least 0 behind a colon; blank for none. */
    static Rule<Map<String, Integer>> numbered(String allowed) {
        return new Rule<>(SettingType.STRING, allowed, text -> {
            Map<String, Integer> numbers = new LinkedHashMap<>();
            for (String entry : text.isBlank() ? new String[0] : text.split(",", -1)) {
                int colon = entry.lastIndexOf(':');
                require(colon > 0);
                int number = Integer.parseInt(entry.substring(colon + 1).strip());
                require(number >= 0);
                require(numbers.put(entry.substring(0, colon).strip(), number) == null);
            }
            return Collections.unmodifiableMap(numbers);
        });
    }

    private static String range(long min, long max, long unbounded) {
        return max == unbounded ? "a whole number of at least " + min : "a whole number from " + min + " to " + max;
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }
}
