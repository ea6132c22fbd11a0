package io.millstream.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.avro.Schema;

/** The schemas of the demo's and the examples' events, each in the versions that it went through ({@code src/main/avro}). */
public enum EventSchemas {
    /** Who went where from where, and when. */
    CLICK(3),
    /** Who bought what. */
    ORDER(3),
    /** Who did what to what. */
    AUDIT(3);

    private final int versions;

    EventSchemas(int versions) {
        this.versions = versions;
    }

    /** The newest version. */
    public Schema newest() {
        return version(versions);
    }

    /** All versions, oldest first: each reads what was written with those before. */
    public List<Schema> versions() {
        return IntStream.rangeClosed(1, versions).mapToObj(this::version).toList();
    }

    /** @param version from 1 */
    public Schema version(int version) {
        String file = "/io/millstream/schemas/events/" + name().toLowerCase(Locale.ROOT) + "-v" + version + ".avsc";
        try (InputStream in = EventSchemas.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException(this + " has the versions 1 to " + versions + ", not " + version);
            }
            return SchemaText.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
