package io.millstream.hadoop.ingest;

import io.millstream.coordination.Document;
import io.millstream.core.TopicName;
import io.millstream.hadoop.ingest.document.Claim;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.util.Collection;
import org.apache.hadoop.fs.Path;

/**
 * Who may write a topic's folder. The claim lies beside what it claims, so that a job of another cluster meets it too; it is made
 * by a rename that does not overwrite, so that one of two that come at once has it.
 */
final class TopicClaims {

    private final TargetStorage storage;
    private final TargetLayout layout;
    private final Claim claim;

    TopicClaims(Target target, Claim claim) {
        this.storage = target.storage();
        this.layout = target.layout();
        this.claim = claim;
    }

    /** @throws IngestException if another job has one of {@code topics} */
    void ensureFree(Collection<TopicName> topics) throws IOException {
        for (TopicName topic : topics) {
            Path path = layout.claim(topic);
            if (storage.stat(path).isPresent()) {
                ensureOurs(topic, path);
            }
        }
    }

    /**
     * Claims {@code topics}, as far as they are not claimed by this job already.
     *
     * @param staging where a claim is written before it is given its name
     * @throws IngestException if another job has one of them
     */
    void claim(Collection<TopicName> topics, Path staging) throws IOException {
        for (TopicName topic : topics) {
            Path path = layout.claim(topic);
            if (storage.stat(path).isEmpty()) {
                Path aside = TargetLayout.claimAside(staging, topic);
                storage.write(aside, Document.write(claim));
                storage.makeDirectories(path.getParent());
                storage.rename(aside, path);
            }
            ensureOurs(topic, path);
        }
    }

    private void ensureOurs(TopicName topic, Path path) throws IOException {
        Claim found = Document.read(storage.read(path), Claim.class, path.toString());
        if (!found.equals(claim)) {
            throw new IngestException("Topic " + topic + " in " + layout.to() + " belongs to job " + found.job()
                    + (found.cluster().equals(claim.cluster()) ? "" : " of cluster " + found.cluster())
                    + " (" + path + "). Choose another --to, or continue that job");
        }
    }
}
