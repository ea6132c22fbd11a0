package io.millstream.broker.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Content types of the API: which are read, and which one an answer has. */
final class MediaTypes {

    /** What answers have unless something else is asked for. */
    static final String V1 = "application/vnd.schemaregistry.v1+json";

    private static final String UNVERSIONED = "application/vnd.schemaregistry+json";
    private static final String JSON = "application/json";

    /** Best first. */
    private static final List<String> WRITTEN = List.of(V1, UNVERSIONED, JSON);

    /** Bodies without any type are read as well, and so are those that name the type of no type. */
    private static final List<String> READ = List.of(V1, UNVERSIONED, JSON, "application/octet-stream");

    /** One part of an Accept header. */
    private record Range(String type, double quality) {

        boolean covers(String written) {
            return type.equals("*/*")
                    || type.equals(written)
                    || (type.endsWith("/*") && written.startsWith(type.substring(0, type.length() - 1)));
        }

        int precision() {
            return type.equals("*/*") ? 0 : type.endsWith("/*") ? 1 : 2;
        }
    }

    private MediaTypes() {}

    /**
     * The type of an answer.
     *
     * @param accept the header; null if there is none
     * @return empty if the client can use none of those there are
     */
    static Optional<String> answered(String accept) {
        if (accept == null || accept.isBlank()) {
            return Optional.of(V1);
        }
        List<Range> ranges =
                List.of(accept.split(",", -1)).stream().map(MediaTypes::range).toList();
        String best = null;
        double most = 0;
        for (String written : WRITTEN) {
            double quality = quality(written, ranges);
            if (quality > most) {
                best = written;
                most = quality;
            }
        }
        return Optional.ofNullable(best);
    }

    /** By the most precise range that covers it, as RFC 9110, 12.5.1, says. */
    private static double quality(String written, List<Range> ranges) {
        int precision = -1;
        double quality = 0;
        for (Range range : ranges) {
            if (range.covers(written) && range.precision() > precision) {
                precision = range.precision();
                quality = range.quality();
            }
        }
        return quality;
    }

    private static Range range(String text) {
        String[] parts = text.split(";", -1);
        double quality = 1;
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                quality = number(parameter.substring(2));
            }
        }
        return new Range(parts[0].strip().toLowerCase(Locale.ROOT), quality);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            return 0; // what says its weight in no number is not preferred
        }
    }

    /** @param contentType the header; null if there is none */
    static boolean canRead(String contentType) {
        if (contentType == null || contentType.isBlank()) {
            return true;
        }
        return READ.contains(contentType.split(";", -1)[0].strip().toLowerCase(Locale.ROOT));
    }
}
