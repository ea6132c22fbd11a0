package io.millstream.schemas;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;

/** Which branch of a union Avro's readers read a value with: not the first that would do, but by type, name and place. */
final class UnionReading {

    private final ReaderAliases aliases;
    private final Work work;
    private final IdentityHashMap<Schema, Boolean> defaultsUsable = new IdentityHashMap<>();
    private final Set<SchemaPair> alike = new HashSet<>();
    private final Set<SchemaPair> unlike = new HashSet<>();

    UnionReading(ReaderAliases aliases, Work work) {
        this.aliases = aliases;
        this.work = work;
    }

    /** The branch that a value of {@code writer} is read with; null if with none, or none that Avro's checker would pass. */
    Schema branch(Schema union, Schema writer) {
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
            } else if (promoted == null && PairCheck.promotes(writer.getType(), branch.getType())) {
                promoted = branch;
            }
        }
        return namesake != null ? namesake : promoted;
    }

    /**
     * Whether readers get past the records that they try before they find the right one: they try one after the other until
     * one has the full name, and already there fail at a default that cannot be used.
     */
    boolean canTryRecords(Schema union, Schema writer) {
        String name = aliases.typeName(writer);
        for (Schema branch : union.getTypes()) {
            work.spend(1);
            if (branch.getType() == Schema.Type.RECORD) {
                if (branch.getFullName().equals(name)) {
                    return true;
                }
                if (!defaultsUsable.computeIfAbsent(branch, it -> Defaults.allUsable(it, work))) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Whether two unions are so much alike, down to the last field, that readers take branches by their place alone: names
     * count without their namespaces then.
     */
    boolean readByPosition(Schema reader, Schema writer) {
        Map<SchemaPair, SchemaPair> cameFrom = new HashMap<>();
        SchemaPair whole = new SchemaPair(reader, writer);
        cameFrom.put(whole, null);
        Deque<SchemaPair> left = new ArrayDeque<>(List.of(whole));
        while (!left.isEmpty() && work.spend(1)) {
            SchemaPair pair = left.pop();
            if (unlike.contains(pair) || !alike(pair.reader(), pair.writer())) {
                for (SchemaPair at = pair; at != null; at = cameFrom.get(at)) {
                    work.spend(1);
                    unlike.add(at);
                }
                return false;
            }
            List<Schema> read = SchemaParts.of(pair.reader());
            List<Schema> written = SchemaParts.of(pair.writer());
            for (int i = read.size() - 1; i >= 0; i--) {
                work.spend(1);
                SchemaPair part = new SchemaPair(read.get(i), written.get(i));
                if (!alike.contains(part) && !cameFrom.containsKey(part)) {
                    cameFrom.put(part, pair);
                    left.push(part);
                }
            }
        }
        alike.addAll(cameFrom.keySet());
        return !work.isSpent();
    }

    /** Whether the writer's branch at this place has its full name at another place of the reader's union. */
    boolean isOutOfPlace(Schema reader, int place, Schema writer) {
        Integer named = reader.getIndexNamed(aliases.typeName(writer));
        return named != null && named != place;
    }

    private boolean alike(Schema reader, Schema writer) {
        if (reader.getType() != writer.getType()) {
            return false;
        }
        return switch (reader.getType()) {
            case NULL, BOOLEAN, INT, LONG, FLOAT, DOUBLE, BYTES, STRING, ARRAY, MAP -> true;
            case UNION -> reader.getTypes().size() == writer.getTypes().size();
            case FIXED -> sameName(reader, writer) && reader.getFixedSize() == writer.getFixedSize();
            case ENUM ->
                sameName(reader, writer)
                        && work.spend(reader.getEnumSymbols().size())
                        && reader.getEnumSymbols().equals(writer.getEnumSymbols());
            case RECORD -> sameName(reader, writer) && sameFields(reader, writer);
        };
    }

    private boolean sameName(Schema reader, Schema writer) {
        return reader.getName().equals(aliases.shortName(writer));
    }

    private boolean sameFields(Schema reader, Schema writer) {
        List<Schema.Field> read = reader.getFields();
        List<Schema.Field> written = writer.getFields();
        if (read.size() != written.size()) {
            return false;
        }
        for (int i = 0; i < read.size(); i++) {
            if (!read.get(i)
                    .name()
                    .equals(aliases.fieldName(writer, written.get(i).name()))) {
                return false;
            }
        }
        return true;
    }
}
