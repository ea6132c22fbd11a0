package io.millstream.schemas;

import io.millstream.coordination.Document;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A commit in the making: documents as they were read, and what some are to become. It is made only if every one of them,
 * changed or not, is still as it was read, missing ones included; so what was decided by them holds at the moment of the
 * commit, though they may come from memory. Several changes can share a draft: each sees those before it. Not safe for use by several threads.
 */
final class Draft {

    private static final byte[] NOTHING = new byte[0];

    /** A document as it was, and as it is to become. */
    private static final class Page {
        private final Documents.Entry read;
        private Optional<Versioned<byte[]>> was;
        private Object now;
        private byte[] changed;

        private Page(Documents.Entry read) {
            this.read = read;
        }
    }

    private final Documents documents;
    private final Map<String, Page> pages = new LinkedHashMap<>();
    private final Map<Integer, ParsedSchema> schemas = new HashMap<>();

    Draft(Documents documents) {
        this.documents = documents;
    }

    /** Begins to read what will be asked for. */
    void begin(String path) {
        pages.computeIfAbsent(path, absent -> new Page(documents.begin(path)));
    }

    /** The document at {@code path}, as it will be after this commit; empty if there is none. */
    <T> Optional<T> read(String path, Class<T> type) {
        begin(path);
        Page page = pages.get(path);
        if (page.was == null) {
            Optional<Versioned<byte[]>> was = page.read.raw();
            page.now = page.read.get(type).map(Versioned::value).orElse(null);
            page.was = was; // not before it was understood: nobody may take it for missing, and write over it
        }
        return Optional.ofNullable(type.cast(page.now));
    }

    /** Changes the document at {@code path}, which was read. Writing what was there guards against others who do the same. */
    void write(String path, Object document) {
        Page page = pages.get(path);
        page.now = document;
        page.changed = Document.write(document);
    }

    /** Adds a document that is known to be missing; if it is not, the commit conflicts. */
    void create(String path, Object document) {
        Page page = new Page(null);
        page.was = Optional.empty();
        pages.put(path, page);
        write(path, document);
    }

    boolean isWritten(String path) {
        Page page = pages.get(path);
        return page != null && page.changed != null;
    }

    /** Remembers a schema that others cannot read yet. */
    void add(int id, ParsedSchema schema) {
        schemas.put(id, schema);
    }

    /** The schema of {@code id}, if it is added by this draft. */
    Optional<ParsedSchema> added(int id) {
        return Optional.ofNullable(schemas.get(id));
    }

    /** How many bytes of documents are to be written. */
    long bytes() {
        return pages.values().stream()
                .mapToLong(page -> page.changed == null ? 0 : page.changed.length)
                .sum();
    }

    /** What is to be committed; nothing if nothing was changed. */
    List<Write> steps() {
        List<Write> steps = new ArrayList<>();
        if (bytes() > 0) {
            pages.forEach((path, page) -> addSteps(path, page, steps));
        }
        return steps;
    }

    private static void addSteps(String path, Page page, List<Write> steps) {
        if (page.was == null) {
            return; // nobody asked in the end
        }
        int version = page.was.map(Versioned::version).orElse(-1);
        if (page.changed != null) {
            steps.add(
                    version < 0 ? new Write.Create(path, page.changed) : new Write.Update(path, page.changed, version));
        } else if (version >= 0) {
            steps.add(new Write.Check(path, version));
        } else {
            // Made and taken away again: possible only if it is not there.
            steps.add(new Write.Create(path, NOTHING));
            steps.add(new Write.Delete(path, 0));
        }
    }
}
