package io.millstream.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where {@code consume} begins in each partition. */
sealed interface StartOffset {

    /** With the first record there is. */
    record Beginning() implements StartOffset {}

    /** With the next record that comes. */
    record End() implements StartOffset {}

    /** @param offset from 0 */
    record At(long offset) implements StartOffset {}

    /** @param count of the last records, by their offsets */
    record Last(long count) implements StartOffset {}

    /**
     * The offset in a partition that reaches from {@code start} to before {@code end}: never below the one, nor behind the
     * other.
     */
    default long in(long start, long end) {
        long wanted;
        if (this instanceof Beginning) {
            wanted = start;
        } else if (this instanceof At at) {
            wanted = at.offset();
        } else {
            wanted = end - (this instanceof Last last ? last.count() : 0);
        }
        return Math.max(start, Math.min(wanted, end));
    }

    /** As it is written on the command line. */
    final class Converter implements ITypeConverter<StartOffset> {
        @Override
        public StartOffset convert(String text) {
            if (text.equals("beginning")) {
                return new Beginning();
            } else if (text.equals("end")) {
                return new End();
            } else if (text.matches("-?[0-9]{1,18}")) {
                long number = Long.parseLong(text);
                return number < 0 ? new Last(-number) : new At(number);
            }
            throw new TypeConversionException(
                    "'" + text + "' is no offset; allowed: beginning, end, N (an offset), -N (the last N)");
        }
    }
}
