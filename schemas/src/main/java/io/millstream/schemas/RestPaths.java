package io.millstream.schemas;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Paths of a registry's REST API. Pure. */
final class RestPaths {

    private RestPaths() {}

    static String subject(String subject) {
        return "/subjects/" + segment(subject);
    }

    static String versions(String subject) {
        return subject(subject) + "/versions";
    }

    /** @param version from 1, or {@link SchemaRegistry#LATEST} */
    static String version(String subject, int version) {
        return versions(subject) + "/" + version(version);
    }

    static String version(int version) {
        return version == SchemaRegistry.LATEST ? "latest" : Integer.toString(version);
    }

    /** Whatever a subject is called, it stays one segment of a path. */
    static String segment(String name) {
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return encoded.matches("\\.+") ? encoded.replace(".", "%2E") : encoded;
    }
}
