package io.millstream.broker.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All settings of one kind, in the order they are documented in. Immutable. */
public final class SettingTable {

    /** How many letters a key may be off to be suggested instead. */
    private static final int NEARBY = 6;

    private final Map<String, Setting<?>> byName;

    SettingTable(List<Setting<?>> settings) {
        Map<String, Setting<?>> rows = new LinkedHashMap<>();
        settings.forEach(setting -> rows.put(setting.name(), setting));
        byName = Collections.unmodifiableMap(rows);
    }

    /** Every row. */
    public Collection<Setting<?>> all() {
        return byName.values();
    }

    /** The row of this key; empty if there is none. */
    public Optional<Setting<?>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * Checks keys and values.
     *
     * @throws InvalidConfigException on the first key that does not exist, with a suggestion, or value that is not allowed
     */
    public void check(Map<String, String> given) {
        given.forEach(this::check);
    }

    /**
     * Checks one key and its value.
     *
     * @param text null counts as not allowed
     * @throws InvalidConfigException as {@link #check(Map)}
     */
    public void check(String name, String text) {
        Setting<?> setting = find(name).orElseThrow(() -> unknown(name));
        if (text == null) {
            throw new InvalidConfigException(name + " has no value; allowed: " + setting.allowed());
        }
        Object unused = setting.parse(text);
    }

    private InvalidConfigException unknown(String name) {
        String suggestion = byName.keySet().stream()
                .min(Comparator.comparingInt((String known) -> distance(name, known))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(known -> distance(name, known) <= Math.min(NEARBY, name.length() / 2))
                .map(known -> "; did you mean " + known + "?")
                .orElse("");
        return new InvalidConfigException("There is no setting " + name + suggestion);
    }

    /** Letters to insert, remove or replace to get from one word to the other (Levenshtein). */
    private static int distance(String from, String to) {
        List<Integer> row = new ArrayList<>();
        for (int j = 0; j <= to.length(); j++) {
            row.add(j);
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row.get(0);
            row.set(0, i);
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row.get(j);
                row.set(j, Math.min(replaced, Math.min(diagonal, row.get(j - 1)) + 1));
            }
        }
        return row.get(to.length());
    }
}
