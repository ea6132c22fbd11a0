package io.millstream.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What an option that names a TCP port may say. */
class Port implements ITypeConverter<Integer> {

    private static final int LAST = 65_535;

    private final int first;
    private final String meaning;

    Port() {
        this(0, "0 (any free one)");
    }

    private Port(int first, String meaning) {
        this.first = first;
        this.meaning = meaning;
    }

    /** A port, or -1 for none. */
    static final class OrNone extends Port {
        OrNone() {
            super(-1, "-1 (none), 0 (any free one)");
        }
    }

    @Override
    public Integer convert(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= first && port <= LAST) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw refused(text);
        }
        throw refused(text);
    }

    private TypeConversionException refused(String text) {
        return new TypeConversionException("'" + text + "' is no port; allowed: " + meaning + " to " + LAST);
    }
}
