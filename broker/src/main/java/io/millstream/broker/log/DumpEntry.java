package io.millstream.broker.log;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that a file of a log holds, for people and scripts to look at.
 *
 * @param kind what it is, one word: {@code batch}, {@code record}, {@code damage} and so on
 * @param fields what is to be said of it, in order: numbers, texts, booleans, lists of such maps; values may be null
 */
public record DumpEntry(String kind, Map<String, Object> fields) {

    /** What is not as it was written. */
    public static final String DAMAGE = "damage";

    public DumpEntry {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** @param fields names and values in turn */
    static DumpEntry of(String kind, Object... fields) {
        return new DumpEntry(kind, fields(fields));
    }

    static Map<String, Object> fields(Object... fields) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            map.put((String) fields[i], fields[i + 1]);
        }
        return map;
    }

    static DumpEntry damage(long position, String what) {
        return of(DAMAGE, "position", position, "what", what);
    }

    /** Whether it is told here that something is not as it was written. */
    public boolean isDamage() {
        return kind.equals(DAMAGE);
    }
}
