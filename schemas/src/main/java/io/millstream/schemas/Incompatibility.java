package io.millstream.schemas;

/**
 * One reason why a new schema does not get on with an earlier one.
 *
 * @param direction who could not read whom
 * @param earlier index of the earlier schema in the list that was given, from 0
 * @param path of the field within the reader's schema, like {@code order.lines[].price}: {@code []} is a list's item,
 *     {@code {}} a map's value, {@code <shop.Card>} a branch of a union; empty for the schema itself
 * @param clash the kind of reason
 * @param reader what the reading schema has there, in words
 * @param writer what the writing schema has there, in words
 */
public record Incompatibility(
        Direction direction, int earlier, String path, Clash clash, String reader, String writer) {

    /** Who reads whose records. */
    public enum Direction {
        /** The new schema, those of the earlier. */
        BACKWARD,
        /** The earlier schema, those of the new. */
        FORWARD
    }

    private static final String NEW = "the new schema";

    /**
     * In one line: who cannot read whom, where, why, and what would help.
     *
     * @param earlierName as the earlier schema is called, like "version 3"
     */
    public String message(String earlierName) {
        boolean backward = direction == Direction.BACKWARD;
        String readerName = backward ? NEW : earlierName;
        String writerName = backward ? earlierName : NEW;
        String head = backward
                ? "The new schema cannot read what " + earlierName + " wrote: "
                : Character.toUpperCase(earlierName.charAt(0)) + earlierName.substring(1)
                        + " could not read what the new schema writes: ";
        String place = path.isEmpty() ? "the schema itself" : "field '" + path + "'";
        return head + clash.words(place, readerName, reader, writerName, writer) + "; " + clash.remedy(direction);
    }
}
