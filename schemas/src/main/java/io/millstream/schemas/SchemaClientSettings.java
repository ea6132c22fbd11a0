package io.millstream.schemas;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a registry's REST API is, and how patient its client is.
 *
 * @param servers one or more, without a slash at the end: any of them may be asked, they are the same registry
 * @param timeout of a call at one server, from the connection to the end of the answer
 * @param userInfo {@code user:password} for HTTP's basic authentication
 */
public record SchemaClientSettings(List<URI> servers, Duration timeout, Optional<String> userInfo) {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** @throws IllegalArgumentException if there is no server */
    public SchemaClientSettings {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("No URL of a schema registry");
        }
    }

    /**
     * With a patience of 10 s and no authentication, but for the one that a URL has ({@code http://user:password@host}).
     *
     * @param urls {@code http://host:port}, several with commas between
     * @throws IllegalArgumentException if one is no such URL
     */
    public static SchemaClientSettings parse(String urls) {
        List<URI> servers = new ArrayList<>();
        Optional<String> userInfo = Optional.empty();
        for (String url : urls.trim().split("\\s*,\\s*", -1)) {
            URI parsed = url(url);
            if (parsed.getUserInfo() != null) {
                userInfo = Optional.of(parsed.getUserInfo());
            }
            servers.add(bare(parsed));
        }
        return new SchemaClientSettings(servers, TIMEOUT, userInfo);
    }

    private static URI url(String text) {
        try {
            URI url = new URI(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http && url.getHost() != null && url.getQuery() == null && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw noUrl(text, e.getReason()); // without e, which quotes the password
        }
        throw noUrl(text, "it has no host, or more than a path behind it");
    }

    private static IllegalArgumentException noUrl(String text, String why) {
        int name = text.indexOf("//");
        int host = text.lastIndexOf('@');
        String said = host < 0
                ? text
                : (name < 0 || name > host ? "" : text.substring(0, name + 2)) + text.substring(host + 1);
        return new IllegalArgumentException("'" + said + "' is no URL of a schema registry (http://host:port): " + why);
    }

    /** Without what must not stand in messages, and without a slash at the end. */
    private static URI bare(URI url) {
        String path = url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
        String host = url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
        return URI.create(url.getScheme() + "://" + host + path);
    }

    /** The same with another patience. */
    public SchemaClientSettings withTimeout(Duration other) {
        return new SchemaClientSettings(servers, other, userInfo);
    }

    /** The same with a name and a password. */
    public SchemaClientSettings withUserInfo(String other) {
        return new SchemaClientSettings(servers, timeout, Optional.of(other));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "SchemaClientSettings[servers=" + servers + ", timeout=" + timeout + "]";
    }
}
