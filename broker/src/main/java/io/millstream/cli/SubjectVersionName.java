package io.millstream.cli;

import io.millstream.schemas.SchemaRegistry;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code clicks-value@3} means: a subject, and one of its versions.
 *
 * @param version from 1, or {@link SchemaRegistry#LATEST}
 * @param given whether a version was named at all
 */
record SubjectVersionName(String subject, int version, boolean given) {

    private static final String LATEST = "latest";

    /**
     * A subject may have an {@code @} itself: only what is a version behind the last one counts as such.
     *
     * @throws TypeConversionException if the version is 0
     */
    static SubjectVersionName parse(String text) {
        int at = text.lastIndexOf('@');
        String behind = text.substring(at + 1);
        if (at <= 0 || !(behind.equals(LATEST) || behind.matches("[0-9]{1,9}"))) {
            return new SubjectVersionName(text, SchemaRegistry.LATEST, false);
        }
        return new SubjectVersionName(text.substring(0, at), version(behind, text), true);
    }

    private static int version(String behind, String text) {
        int version = behind.equals(LATEST) ? SchemaRegistry.LATEST : Integer.parseInt(behind);
        if (version == 0) {
            throw new TypeConversionException("'" + text + "': versions of a subject are numbered from 1");
        }
        return version;
    }

    /** As picocli converts an argument. */
    static final class Converter implements ITypeConverter<SubjectVersionName> {
        @Override
        public SubjectVersionName convert(String text) {
            return parse(text);
        }
    }
}
