package io.millstream.broker.http;

import io.millstream.schemas.SchemaRegistry;
import java.util.List;
import java.util.Optional;

/**
 * A request that has found its route.
 *
 * @param names what stands in the path where the route's pattern has a name, decoded, in this order
 * @param query its parameters
 * @param body not looked at yet
 */
record Call(List<String> names, Query query, byte[] body) {

    /** The first name, as that of a subject. */
    String subject() {
        return SubjectName.ofOne(names.get(0));
    }

    /** As {@link #subject}, of one that may come into being. */
    String newSubject() {
        return SubjectName.ofNew(names.get(0));
    }

    /** The first name, as that of a subject; empty if it is that of the default context, and so of all subjects. */
    Optional<String> subjectOrAll() {
        return Optional.of(SubjectName.of(names.get(0))).filter(name -> !name.isEmpty());
    }

    /** As {@link #subjectOrAll}, of one for which something is to be stored. */
    Optional<String> newSubjectOrAll() {
        return subjectOrAll().map(name -> newSubject());
    }

    /** The first name, as a schema's id. */
    int id() {
        try {
            return Integer.parseInt(names.get(0));
        } catch (NumberFormatException e) {
            throw ApiException.noSuchRoute();
        }
    }

    /** The second name, as a version of a subject: from 1, or {@link SchemaRegistry#LATEST}. */
    int version() {
        String text = names.get(1).strip();
        if (text.equalsIgnoreCase("latest")) {
            return SchemaRegistry.LATEST;
        }
        try {
            int version = Integer.parseInt(text);
            if (version >= 1 || version == SchemaRegistry.LATEST) {
                return version;
            }
        } catch (NumberFormatException e) {
            throw notAVersion(text);
        }
        throw notAVersion(text);
    }

    private static ApiException notAVersion(String text) {
        return new ApiException(422, 42202, "'" + text + "' is no version: give a number from 1, or 'latest'");
    }
}
