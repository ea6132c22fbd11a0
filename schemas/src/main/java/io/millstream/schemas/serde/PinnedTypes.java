package io.millstream.schemas.serde;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * The classes of a schema's named types. The schema is that of a class which an application named itself, so what it says of
 * its fields is trusted as much as the class; a schema that came with data is never looked at here. Immutable.
 */
final class PinnedTypes {

    private final ClassLoader loader;
    private final Map<String, Optional<Class<?>>> types = new HashMap<>();

    private PinnedTypes(ClassLoader loader) {
        this.loader = loader;
    }

    /** @param type of {@code schema}; the classes of its fields are those that its own loader sees */
    static PinnedTypes of(Class<?> type, Schema schema) {
        ClassLoader own = type.getClassLoader();
        PinnedTypes pinned = new PinnedTypes(own == null ? ClassLoader.getSystemClassLoader() : own);
        if (isNamed(schema)) {
            pinned.types.put(schema.getFullName(), Optional.of(type));
            if (schema.getType() == Schema.Type.RECORD) {
                schema.getFields().forEach(field -> pinned.collect(field.schema()));
            }
        } else {
            pinned.collect(schema);
        }
        return pinned;
    }

    private void collect(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> {
                if (add(schema)) {
                    schema.getFields().forEach(field -> collect(field.schema()));
                }
            }
            case ENUM, FIXED -> add(schema);
            case ARRAY -> collect(schema.getElementType());
            case MAP -> collect(schema.getValueType());
            case UNION -> schema.getTypes().forEach(this::collect);
            default -> {} // has no name
        }
    }

    private boolean add(Schema schema) {
        if (types.containsKey(schema.getFullName())) {
            return false;
        }
        types.put(schema.getFullName(), load(schema.getFullName()));
        return true;
    }

    /** A class within another one has its name behind a dollar sign, which a schema's name has not. */
    private Optional<Class<?>> load(String fullName) {
        Optional<Class<?>> found = find(fullName);
        String name = fullName;
        for (int dot = name.lastIndexOf('.'); found.isEmpty() && dot > 0; dot = name.lastIndexOf('.')) {
            name = name.substring(0, dot) + "$" + name.substring(dot + 1);
            found = find(name);
        }
        return found;
    }

    private Optional<Class<?>> find(String name) {
        try {
            return Optional.of(loader.loadClass(name));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Whether it is a matter of this table at all: a type without a name has one of Java's own classes. */
    static boolean isNamed(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM, FIXED -> true;
            default -> false;
        };
    }

    /** The class of a named type; null, which Avro takes for "generic", if it has none or is not in the table. */
    Class<?> get(Schema schema) {
        return types.getOrDefault(schema.getFullName(), Optional.empty()).orElse(null);
    }
}
