package io.millstream.schemas;

import io.millstream.schemas.Incompatibility.Direction;

/** Kinds of reasons why what one schema wrote cannot be read with another. */
public enum Clash {
    /** The types differ, and the writer's is none that Avro turns into the reader's. */
    TYPE(
            "%1$s is %3$s in %2$s and %5$s in %4$s, which Avro does not read as each other",
            "keep the type, or add a field of another name for the new one",
            "keep the type, or add a field of another name for the new one"),
    /** The types have different names. */
    NAME(
            "%1$s is %3$s in %2$s and %5$s in %4$s",
            "keep the name, or give the new type the old one as an alias",
            "keep the name: an earlier schema cannot know of a new one"),
    /** Fixed values have different sizes. */
    FIXED_SIZE(
            "%1$s has %3$s in %2$s and %5$s in %4$s",
            "keep the size, or add a field of another name", "keep the size, or add a field of another name"),
    /** The reader's enum lacks symbols of the writer's, and has no default for them. */
    ENUM_SYMBOLS(
            "%1$s lacks symbols in %2$s that %4$s has: %5$s",
            "keep them, or give the enum a default symbol",
            "leave them out: the earlier enum has no default symbol for what it does not know"),
    /** The reader has a field that the writer has not, and no default for it. */
    MISSING_DEFAULT(
            "%1$s is in %2$s, where it has no default, and not in %4$s",
            "give it a default, or leave it out", "keep the field"),
    /** The reader needs a default and has one that Avro makes no value of, or another value than was meant. */
    BAD_DEFAULT(
            "%1$s has a default in %2$s that Avro's readers cannot use, and is not in %4$s",
            "give it a default of its type; a union's is of the first branch that it could be taken for",
            "keep the field"),
    /** The writer's value can be of a type that the reader's union has no branch for. */
    UNION_BRANCH(
            "%1$s can be %5$s in %4$s, for which %2$s has no branch: it has %3$s",
            "add the branch; a named type needs its full name, or that as an alias",
            "leave the branch out, or keep the named type's full name"),
    /** Two unions are so much alike that readers go by the order of their branches, and that is another. */
    BRANCH_ORDER(
            "%1$s has %3$s in %2$s where it has %5$s in %4$s; unions so much alike are read by the order of their branches",
            "keep the order of the branches", "keep the order of the branches"),
    /** The readers' aliases give the writer's fields or types other names than would fit. */
    ALIAS(
            "at %1$s, the aliases of %2$s fit %5$s of %4$s in more than one way, or in none",
            "give an alias to one field or type only, none that is in use, and a record the other's full name as an alias",
            "keep the names that the earlier schema's aliases name as they were"),
    /** The values mean something else: other units, another scale. */
    LOGICAL_TYPE(
            "%1$s is %3$s in %2$s and %5$s in %4$s: its values would mean something else",
            "keep the logical type, or add a field of another name for the new one",
            "keep the logical type, or add a field of another name for the new one"),
    /** The two go deeper together than Avro's readers, which recurse, are sure to survive. */
    TOO_DEEP(
            "%1$s lies more than %3$s deep, which could end a reader's stack",
            "let fewer types contain each other", "let fewer types contain each other"),
    /** The check would take too long. */
    TOO_MUCH(
            "after %3$s steps of comparing, the check was given up at %1$s",
            "use fewer union branches, types or symbols, or a level that is not transitive",
            "use fewer union branches, types or symbols, or a level that is not transitive");

    private final String words;
    private final String backward;
    private final String forward;

    Clash(String words, String backward, String forward) {
        this.words = words;
        this.backward = backward;
        this.forward = forward;
    }

    String words(String place, String readerName, String reader, String writerName, String writer) {
        return String.format(words, place, readerName, reader, writerName, writer);
    }

    /** What would help: only the new schema can change. */
    String remedy(Direction direction) {
        return switch (direction) {
            case BACKWARD -> backward;
            case FORWARD -> forward;
        };
    }
}
