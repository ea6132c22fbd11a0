package io.millstream.broker.http;

import java.util.List;

/**
 * Names of subjects as the API writes them: {@code :.context:name}, where contexts are in use. Here there is but the
 * default one, {@code :.:}, which may be written or left out.
 */
final class SubjectName {

    /** The default context, written out; as the name of a subject it stands for all of them. */
    static final String DEFAULT_CONTEXT = ":.:";

    private static final String ANY_CONTEXT = ":*:";
    private static final List<String> RESERVED = List.of("__GLOBAL", "__EMPTY");

    private SubjectName() {}

    /**
     * The name without its context; empty if it names only that.
     *
     * @throws ApiException (42208) if it is in another context
     */
    static String of(String given) {
        if (!given.startsWith(":.")) {
            return given;
        }
        if (given.startsWith(DEFAULT_CONTEXT)) {
            return given.substring(DEFAULT_CONTEXT.length());
        }
        throw new ApiException(
                422,
                42208,
                "Subject '" + given + "': there are no contexts but the default one; leave ':.context:' out");
    }

    /** As {@link #of}, of a name that must name a subject. */
    static String ofOne(String given) {
        String name = of(given);
        if (name.isEmpty()) {
            throw new ApiException(422, 42208, "'" + given + "' names a context, but no subject in it");
        }
        return name;
    }

    /**
     * As {@link #ofOne}, of one that is to be stored: no control characters, which forge lines wherever names are listed, and
     * none of the names that the original keeps for itself.
     *
     * @throws ApiException (42208) if the name is not legal
     */
    static String ofNew(String given) {
        String name = ofOne(given);
        if (name.chars().anyMatch(Character::isISOControl) || RESERVED.contains(name)) {
            throw new ApiException(
                    422, 42208, "A subject's name has no control characters, and is none of " + RESERVED);
        }
        return name;
    }

    /** Where nothing is set for a subject, the API says of what could be deleted that there is no such subject. */
    static ApiException notFound(String name) {
        return new ApiException(404, 40401, "Nothing is set for subject '" + name + "'");
    }

    /** What the names of subjects begin with, if a filter lets them through. */
    static String prefix(String given) {
        return given.startsWith(ANY_CONTEXT) ? given.substring(ANY_CONTEXT.length()) : of(given);
    }
}
