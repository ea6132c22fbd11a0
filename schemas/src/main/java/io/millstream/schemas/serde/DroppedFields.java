package io.millstream.schemas.serde;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;

/** What resolution would drop without a word: fields that the one schema has and the other has not. Pure. */
final class DroppedFields {

    private record Pair(String from, String to) {}

    /** Pairs of records under way or done: schemas may be recursive. */
    private final Set<Pair> seen = new HashSet<>();

    private DroppedFields() {}

    /** The path of the first field of {@code from} that a reader with {@code to} does not get; empty if it gets all. */
    static Optional<String> first(Schema from, Schema to) {
        return Optional.ofNullable(new DroppedFields().search(from, to, ""));
    }

    private String search(Schema from, Schema to, String path) {
        if (from.getType() == Schema.Type.UNION || to.getType() == Schema.Type.UNION) {
            return branches(from, to, path);
        }
        if (from.getType() != to.getType()) {
            return null; // promoted, or an error that resolution finds
        }
        return switch (from.getType()) {
            case RECORD -> fields(from, to, path);
            case ARRAY -> search(from.getElementType(), to.getElementType(), path + "[]");
            case MAP -> search(from.getValueType(), to.getValueType(), path + "{}");
            default -> null;
        };
    }

    private String branches(Schema from, Schema to, String path) {
        for (Schema branch : from.isUnion() ? from.getTypes() : java.util.List.of(from)) {
            Schema target = to;
            if (to.isUnion()) {
                Integer index = to.getIndexNamed(branch.getFullName());
                if (index == null) {
                    continue;
                }
                target = to.getTypes().get(index);
            }
            String found = search(branch, target, path);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private String fields(Schema from, Schema to, String path) {
        if (!seen.add(new Pair(from.getFullName(), to.getFullName()))) {
            return null;
        }
        for (Schema.Field field : from.getFields()) {
            String at = path.isEmpty() ? field.name() : path + "." + field.name();
            Schema.Field target = read(field, to);
            String found = target == null ? at : search(field.schema(), target.schema(), at);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The field of {@code to} that gets what {@code field} has: of its name, or with an alias of that name. */
    private static Schema.Field read(Schema.Field field, Schema to) {
        Schema.Field same = to.getField(field.name());
        if (same != null) {
            return same;
        }
        return to.getFields().stream()
                .filter(each -> each.aliases().contains(field.name()))
                .findFirst()
                .orElse(null);
    }
}
