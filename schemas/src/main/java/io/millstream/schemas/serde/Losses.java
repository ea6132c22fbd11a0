package io.millstream.schemas.serde;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * What resolution to another schema would drop or change without a word: fields, and symbols of enums. Numbers may be widened,
 * as everywhere in Avro. Pure.
 */
final class Losses {

    /**
     * Something that gets lost.
     *
     * @param path where in the value; empty for the value itself
     * @param what it is, as in "has the field url"
     */
    record Loss(String path, String what) {}

    private record Pair(String from, String to) {}

    /** Pairs of records under way or done: schemas may be recursive. */
    private final Set<Pair> seen = new HashSet<>();

    private Losses() {}

    /** The first that values of {@code from} may lose where they are read with {@code to}; empty if they keep all. */
    static Optional<Loss> first(Schema from, Schema to) {
        return Optional.ofNullable(new Losses().search(from, to, ""));
    }

    private Loss search(Schema from, Schema to, String path) {
        if (from.getType() == Schema.Type.UNION || to.getType() == Schema.Type.UNION) {
            return branches(from, to, path);
        }
        if (from.getType() != to.getType()) {
            return null; // promoted, or an error that resolution finds
        }
        return switch (from.getType()) {
            case RECORD -> fields(from, to, path);
            case ENUM -> symbols(from, to, path);
            case ARRAY -> search(from.getElementType(), to.getElementType(), path + "[]");
            case MAP -> search(from.getValueType(), to.getValueType(), path + "{}");
            default -> null;
        };
    }

    private Loss branches(Schema from, Schema to, String path) {
        for (Schema branch : from.isUnion() ? from.getTypes() : List.of(from)) {
            for (Schema target : to.isUnion() ? targets(branch, to) : List.of(to)) {
                Loss found = search(branch, target, path);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** The branches that may get what {@code branch} has: the one of its name, or with it as an alias, or any that could. */
    private static List<Schema> targets(Schema branch, Schema union) {
        Integer named = union.getIndexNamed(branch.getFullName());
        if (named != null) {
            return List.of(union.getTypes().get(named));
        }
        List<Schema> alike = union.getTypes().stream()
                .filter(each -> each.getType() == branch.getType())
                .toList();
        List<Schema> renamed =
                alike.stream().filter(each -> isAlias(branch, each)).toList();
        return renamed.isEmpty() ? alike : renamed;
    }

    private static boolean isAlias(Schema branch, Schema target) {
        return switch (target.getType()) {
            case RECORD, ENUM, FIXED -> target.getAliases().contains(branch.getFullName());
            default -> false;
        };
    }

    /** Those that {@code to} has not would become its default. */
    private static Loss symbols(Schema from, Schema to, String path) {
        return from.getEnumSymbols().stream()
                .filter(each -> !to.hasEnumSymbol(each))
                .findFirst()
                .map(each -> new Loss(path, "the symbol " + each + at(path)))
                .orElse(null);
    }

    private Loss fields(Schema from, Schema to, String path) {
        if (!seen.add(new Pair(from.getFullName(), to.getFullName()))) {
            return null;
        }
        for (Schema.Field field : from.getFields()) {
            String at = path.isEmpty() ? field.name() : path + "." + field.name();
            Schema.Field target = read(field, to);
            Loss found = target == null ? new Loss(at, "the field " + at) : search(field.schema(), target.schema(), at);
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

    private static String at(String path) {
        return path.isEmpty() ? "" : " in " + path;
    }
}
