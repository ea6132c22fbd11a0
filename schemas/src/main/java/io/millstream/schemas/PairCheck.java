package io.millstream.schemas;

import io.millstream.schemas.SchemaPath.Found;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/**
 * Whether one schema reads all that another can write. Walks over the pairs of parts that a reader would put opposite each
 * other; each pair is looked at once, so it ends on recursive schemas, and what it finds does not grow with the ways that
 * lead there. It keeps its own stack, and counts its steps.
 *
 * <p>Which branch of a union a value is read with follows from types and names alone, so the two are compatible unless some
 * pair that can be reached is in itself not. Avro's checker looks for any branch that would do; its readers do not look
 * that far. What is refused beyond what Avro's checker refuses, since readers fail or err at it:
 *
 * <ul>
 *   <li>an enum or fixed in a union whose full name differs, and a record there whose namesake of the full name does not fit
 *       though another one does;
 *   <li>aliases, wherever they are in the reader's schema, that give two things of the writer one name, or take a name that
 *       is in use elsewhere, or that are a field's in a record of another full name, where they do not count;
 *   <li>unions that have the same branches in another order, but for their namespaces, and so are read as each other's;
 *   <li>defaults that are none of the type that a reader takes them to be of ({@link Defaults});
 *   <li>logical types that differ, decimals of another scale or less precision, and a logical type where there was none, if
 *       not every value is one of it: readers who convert fail at the others;
 *   <li>what lies so deep, in types that contain each other in different rhythms, that readers run out of stack.
 * </ul>
 */
final class PairCheck {

    /** How deep pairs may lie in each other: Avro's readers have a few frames on their stack for each. */
    static final int MAX_DEPTH = 500;

    private record Visit(SchemaPair pair, SchemaPath path) {
        Schema reader() {
            return pair.reader();
        }

        Schema writer() {
            return pair.writer();
        }
    }

    private final SchemaPair whole;
    private final Work work;
    private final ReaderAliases aliases;
    private final UnionReading unions;
    private final Set<SchemaPair> seen = new HashSet<>();
    private final Deque<Visit> stack = new ArrayDeque<>();
    private final List<Visit> parts = new ArrayList<>();
    private final List<Found> found = new ArrayList<>();

    PairCheck(Schema reader, Schema writer, Work work) {
        this.whole = new SchemaPair(reader, writer);
        this.work = work;
        aliases = ReaderAliases.of(reader, work);
        unions = new UnionReading(aliases, work);
    }

    /** Why the reader cannot read all that the writer can write; empty if it can. */
    List<Found> run() {
        Schema collision = aliases.collision(whole.writer());
        if (collision != null) {
            // What else there is to find depends on names that are in doubt.
            return List.of(SchemaPath.ROOT.found(Clash.ALIAS, "", SchemaPath.words(collision)));
        }
        stack.push(new Visit(whole, SchemaPath.ROOT));
        while (!stack.isEmpty() && found.size() < Compatibility.MAX_REASONS) {
            Visit visit = stack.pop();
            boolean counted = work.spend(1);
            if (counted && seen.add(visit.pair)) {
                visit(visit);
                for (int i = parts.size() - 1; i >= 0; i--) {
                    stack.push(parts.get(i));
                }
                parts.clear();
            }
            if (work.isSpent()) {
                String steps = Long.toString(work.allowed());
                found.add(visit.path.found(Clash.TOO_MUCH, steps, steps));
                return found;
            }
        }
        return found;
    }

    private void visit(Visit visit) {
        Schema reader = visit.reader();
        Schema writer = visit.writer();
        if (visit.path.depth() > MAX_DEPTH) {
            String depth = Integer.toString(MAX_DEPTH);
            found.add(visit.path.found(Clash.TOO_DEEP, depth, depth));
        } else if (writer.getType() == Schema.Type.UNION) {
            writerBranches(visit);
        } else if (reader.getType() == Schema.Type.UNION) {
            readByBranch(visit);
        } else if (reader.getType() != writer.getType()) {
            promoted(visit);
        } else {
            sameType(visit);
        }
    }

    private void writerBranches(Visit visit) {
        Schema reader = visit.reader();
        List<Schema> branches = visit.writer().getTypes();
        if (reader.getType() != Schema.Type.UNION) {
            branches.forEach(branch -> part(reader, branch, visit.path.branch(branch, visit.writer())));
        } else if (unions.readByPosition(reader, visit.writer())) {
            for (int i = 0; i < branches.size(); i++) {
                Schema branch = reader.getTypes().get(i);
                SchemaPath path = visit.path.branch(branch, reader);
                if (unions.isOutOfPlace(reader, i, branches.get(i))) {
                    found.add(path.found(
                            Clash.BRANCH_ORDER, SchemaPath.words(branch), SchemaPath.words(branches.get(i))));
                }
                part(branch, branches.get(i), path);
            }
        } else {
            branches.forEach(branch -> part(reader, branch, visit.path));
        }
    }

    private void part(Schema reader, Schema writer, SchemaPath path) {
        work.spend(1);
        parts.add(new Visit(new SchemaPair(reader, writer), path));
    }

    private void sameType(Visit visit) {
        Schema reader = visit.reader();
        Schema writer = visit.writer();
        switch (reader.getType()) {
            case ARRAY -> part(reader.getElementType(), writer.getElementType(), visit.path.step("[]"));
            case MAP -> part(reader.getValueType(), writer.getValueType(), visit.path.step("{}"));
            case RECORD -> {
                named(visit, SchemaCompatibility.schemaNameEquals(reader, writer));
                fields(visit);
            }
            case ENUM -> {
                named(visit, leafNameFits(reader, writer));
                symbols(visit);
            }
            case FIXED -> {
                named(visit, leafNameFits(reader, writer));
                size(visit);
                logicalType(visit);
            }
            case NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, STRING -> logicalType(visit);
            case UNION -> throw new AssertionError("unions were taken apart before");
        }
    }

    /** By Avro's checker, and as its readers see it when all aliases were applied. */
    private boolean leafNameFits(Schema reader, Schema writer) {
        return SchemaCompatibility.schemaNameEquals(reader, writer)
                && reader.getName().equals(aliases.shortName(writer));
    }

    private void named(Visit visit, boolean fits) {
        work.spend(visit.reader().getAliases().size());
        if (!fits) {
            clash(visit, Clash.NAME);
        }
    }

    private void size(Visit visit) {
        int reader = visit.reader().getFixedSize();
        int writer = visit.writer().getFixedSize();
        if (reader != writer) {
            found.add(visit.path.found(Clash.FIXED_SIZE, reader + " bytes", writer + " bytes"));
        }
    }

    private void symbols(Visit visit) {
        Schema reader = visit.reader();
        List<String> written = visit.writer().getEnumSymbols();
        if (work.spend(written.size()) && reader.getEnumDefault() == null) {
            List<String> lacking = written.stream()
                    .filter(symbol -> !reader.hasEnumSymbol(symbol))
                    .toList();
            if (!lacking.isEmpty()) {
                found.add(visit.path.found(Clash.ENUM_SYMBOLS, SchemaPath.words(reader), SchemaPath.some(lacking)));
            }
        }
    }

    private void promoted(Visit visit) {
        if (promotes(visit.writer().getType(), visit.reader().getType())) {
            logicalType(visit);
        } else {
            clash(visit, Clash.TYPE);
        }
    }

    /** Whether Avro turns values of one type into ones of another. */
    static boolean promotes(Schema.Type written, Schema.Type read) {
        return switch (read) {
            case LONG -> written == Schema.Type.INT;
            case FLOAT -> written == Schema.Type.INT || written == Schema.Type.LONG;
            case DOUBLE -> written == Schema.Type.INT || written == Schema.Type.LONG || written == Schema.Type.FLOAT;
            case BYTES -> written == Schema.Type.STRING;
            case STRING -> written == Schema.Type.BYTES;
            case NULL, BOOLEAN, INT, ARRAY, MAP, FIXED, ENUM, RECORD, UNION -> false;
        };
    }

    private void logicalType(Visit visit) {
        if (!LogicalTypeRules.sameMeaning(visit.reader(), visit.writer())) {
            clash(visit, Clash.LOGICAL_TYPE);
        }
    }

    private void readByBranch(Visit visit) {
        Schema union = visit.reader();
        Schema writer = visit.writer();
        Schema branch = unions.branch(union, writer);
        if (branch == null) {
            clash(visit, Clash.UNION_BRANCH);
        } else {
            part(branch, writer, visit.path.branch(branch, union));
            if (writer.getType() == Schema.Type.RECORD && !unions.canTryRecords(union, writer)) {
                clash(visit, Clash.BAD_DEFAULT);
            }
        }
    }

    private void fields(Visit visit) {
        Schema reader = visit.reader();
        Schema writer = visit.writer();
        Map<String, String> written = aliases.isEmpty() ? null : writtenNames(writer);
        for (Schema.Field field : reader.getFields()) {
            String name = field.name();
            SchemaPath path = visit.path.field(name);
            work.spend(1);
            String read = written != null ? written.get(name) : writer.getField(name) != null ? name : null;
            if (written != null && !comparedToo(field, read, writer)) {
                found.add(path.found(Clash.ALIAS, SchemaPath.words(reader), SchemaPath.words(writer)));
            } else if (read != null) {
                part(field.schema(), writer.getField(read).schema(), path);
            } else {
                absent(field, path);
            }
        }
    }

    /** Whether what Avro's checker compares to the reader's field is what its readers read, and that alone. */
    private boolean comparedToo(Schema.Field field, String read, Schema writer) {
        Set<String> compared = new TreeSet<>(field.aliases());
        compared.add(field.name());
        work.spend(compared.size());
        compared.removeIf(name -> writer.getField(name) == null);
        return compared.equals(read == null ? Set.of() : Set.of(read));
    }

    /** By the names that a reader knows them by, those that the writer gave its fields. */
    private Map<String, String> writtenNames(Schema writer) {
        Map<String, String> written = new HashMap<>();
        for (Schema.Field field : writer.getFields()) {
            work.spend(1);
            written.put(aliases.fieldName(writer, field.name()), field.name());
        }
        return written;
    }

    private void absent(Schema.Field field, SchemaPath path) {
        String words = SchemaPath.words(field.schema());
        if (!field.hasDefaultValue()) {
            found.add(path.found(Clash.MISSING_DEFAULT, words, "nothing"));
        } else if (!Defaults.usable(field, work)) {
            found.add(path.found(Clash.BAD_DEFAULT, words, "nothing"));
        }
    }

    private void clash(Visit visit, Clash clash) {
        found.add(visit.path.found(clash, SchemaPath.words(visit.reader()), SchemaPath.words(visit.writer())));
    }
}
