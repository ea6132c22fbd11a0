package io.millstream.hadoop.output;

import io.millstream.coordination.Document;
import io.millstream.core.Entropy;
import io.millstream.hadoop.ingest.document.DocumentRef;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.storage.Renamed;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.fs.Path;

/** The documents of a staging folder, which ZooKeeper names by their SHA-256. */
final class StagedDocuments {

    private final StagingPlace place;

    StagedDocuments(StagingPlace place) {
        this.place = place;
    }

    /**
     * Stores a document under a name that its content decides. It appears there whole; where it is already it stays, because
     * another one who decides may have named it.
     */
    DocumentRef store(String kind, Object document, Entropy entropy) throws IOException {
        byte[] content = Document.write(document);
        String name = kind + "-" + DocumentRef.of("", content).sha256().substring(0, 16) + ".json";
        Path path = place.below(name);
        TargetStorage storage = place.storage();
        if (storage.stat(path).isPresent()) {
            if (Arrays.equals(storage.read(path), content)) {
                return DocumentRef.of(name, content);
            }
            storage.delete(path); // somebody has damaged it
        }
        Path aside = place.below(name + String.format(".%08x", (int) entropy.nextLong()));
        storage.write(aside, content);
        if (storage.rename(aside, path) != Renamed.DONE) {
            storage.delete(aside);
        }
        return DocumentRef.of(name, content);
    }

    /** @throws OutputException if it is not what was stored */
    <T> T load(DocumentRef document, Class<T> type) throws IOException {
        Path path = place.below(document.path());
        byte[] content = place.storage().read(path);
        try {
            document.ensureIs(content);
        } catch (IngestException e) {
            throw new OutputException(e.getMessage(), e);
        }
        return Document.read(content, type, path.toString());
    }
}
