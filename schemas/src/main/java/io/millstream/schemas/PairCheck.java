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
 *   <li>defaults that are none of the type that a reader takes them to be of ({@link Defaults});
 *   <li>logical types that differ, decimals of another scale or less precision;
 *   <li>what lies so deep, in types that contain each other in different rhythms, that readers run out of stack.
 * </ul>
 */
final class PairCheck {

    /** How deep pairs may lie in each other: Avro's readers have a few frames on their stack for each. */
    static final int MAX_DEPTH = 1000;

    /** Two parts opposite each other; the same if both are the very same. */
    private record Pair(Schema reader, Schema writer) {
        @SuppressWarnings("ReferenceEquality")
        @Override
        public boolean equals(Object other) {
            return other instanceof Pair pair && pair.reader == reader && pair.writer == writer;
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(reader) + System.identityHashCode(writer);
        }
    }

    private record Visit(Pair pair, SchemaPath path) {}

    private final Pair whole;
    private final Work work;
    private final ReaderAliases aliases;
    private final Set<Pair> seen = new HashSet<>();
    private final Deque<Visit> stack = new ArrayDeque<>();
    private final List<Visit> parts = new ArrayList<>();
    private final List<Found> found = new ArrayList<>();
    private Boolean defaultsUsable;

    PairCheck(Schema reader, Schema writer, Work work) {
        this.whole = new Pair(reader, writer);
        this.work = work;
        aliases = ReaderAliases.of(reader, work);
    }

    /** Why the reader cannot read all that the writer can write; empty if it can. */
    List<Found> run() {
        Schema collision = aliases.collision(whole.writer);
        if (collision != null) {
            found.add(SchemaPath.ROOT.found(Clash.ALIAS, "two of one name", SchemaPath.words(collision)));
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
        Schema reader = visit.pair.reader;
        Schema writer = visit.pair.writer;
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
        boolean readByBranch = visit.pair.reader.getType() == Schema.Type.UNION;
        for (Schema branch : visit.pair.writer.getTypes()) {
            // Named once: by the reader's branch, if it has some.
            SchemaPath path = readByBranch ? visit.path.step("") : visit.path.branch(branch, visit.pair.writer);
            part(visit.pair.reader, branch, path);
        }
    }

    private void part(Schema reader, Schema writer, SchemaPath path) {
        work.spend(1);
        parts.add(new Visit(new Pair(reader, writer), path));
    }

    private void sameType(Visit visit) {
        Schema reader = visit.pair.reader;
        Schema writer = visit.pair.writer;
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
        work.spend(visit.pair.reader.getAliases().size());
        if (!fits) {
            clash(visit, Clash.NAME);
        }
    }

    private void size(Visit visit) {
        int reader = visit.pair.reader.getFixedSize();
        int writer = visit.pair.writer.getFixedSize();
        if (reader != writer) {
            found.add(visit.path.found(Clash.FIXED_SIZE, reader + " bytes", writer + " bytes"));
        }
    }

    private void symbols(Visit visit) {
        Schema reader = visit.pair.reader;
        List<String> written = visit.pair.writer.getEnumSymbols();
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
        if (promotes(visit.pair.writer.getType(), visit.pair.reader.getType())) {
            logicalType(visit);
        } else {
            clash(visit, Clash.TYPE);
        }
    }

    private static boolean promotes(Schema.Type written, Schema.Type read) {
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
        if (!LogicalTypeRules.sameMeaning(visit.pair.reader.getLogicalType(), visit.pair.writer.getLogicalType())) {
            clash(visit, Clash.LOGICAL_TYPE);
        }
    }

    private void readByBranch(Visit visit) {
        Schema union = visit.pair.reader;
        Schema branch = branch(union, visit.pair.writer);
        if (branch == null) {
            clash(visit, Clash.UNION_BRANCH);
        } else {
            part(branch, visit.pair.writer, visit.path.branch(branch, union));
            if (branch.getType() == Schema.Type.RECORD) {
                otherRecords(visit);
            }
        }
    }

    /** The branch that Avro's readers take; null if they take none, or none that Avro's checker would let pass. */
    private Schema branch(Schema union, Schema writer) {
        String name = aliases.typeName(writer);
        Schema namesake = null;
        Schema promoted = null;
        for (Schema branch : union.getTypes()) {
            work.spend(1);
            if (branch.getType() == writer.getType()) {
                switch (branch.getType()) {
                    case RECORD, ENUM, FIXED -> {
                        if (branch.getFullName().equals(name)) {
                            return branch;
                        }
                        // Of several records of the same short name, the last that seems to fit is taken.
                        boolean shortly = branch.getName().equals(aliases.shortName(writer));
                        namesake = branch.getType() == Schema.Type.RECORD && shortly ? branch : namesake;
                    }
                    case NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, STRING, ARRAY, MAP -> {
                        return branch;
                    }
                    case UNION -> throw new AssertionError("a union in a union");
                }
            } else if (promoted == null && promotes(writer.getType(), branch.getType())) {
                promoted = branch;
            }
        }
        return namesake != null ? namesake : promoted;
    }

    /** Readers try a union's records one after the other, and already there fail at a default that cannot be used. */
    private void otherRecords(Visit visit) {
        long records = visit.pair.reader.getTypes().stream()
                .filter(branch -> branch.getType() == Schema.Type.RECORD)
                .limit(2)
                .count();
        if (records < 2) {
            return;
        }
        if (defaultsUsable == null) {
            defaultsUsable = Defaults.allUsable(whole.reader, work);
        }
        if (!defaultsUsable) {
            clash(visit, Clash.BAD_DEFAULT);
        }
    }

    private void fields(Visit visit) {
        Schema reader = visit.pair.reader;
        Schema writer = visit.pair.writer;
        Map<String, String> written = writtenNames(writer);
        for (Schema.Field field : reader.getFields()) {
            String name = field.name();
            SchemaPath path = visit.path.field(name);
            // What Avro's checker compares, and what its readers read, must be one and the same.
            Set<String> compared = new TreeSet<>(field.aliases());
            compared.add(name);
            work.spend(compared.size());
            compared.removeIf(it -> writer.getField(it) == null);
            String read = written.get(name);
            if (!compared.equals(read == null ? Set.of() : Set.of(read))) {
                found.add(path.found(Clash.ALIAS, SchemaPath.words(reader), SchemaPath.words(writer)));
            } else if (read != null) {
                part(field.schema(), writer.getField(read).schema(), path);
            } else {
                absent(field, path);
            }
        }
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
        found.add(visit.path.found(clash, SchemaPath.words(visit.pair.reader), SchemaPath.words(visit.pair.writer)));
    }
}
