package io.millstream.hadoop.ingest;

import io.millstream.coordination.Document;
import io.millstream.hadoop.ingest.document.DocumentRef;
import io.millstream.hadoop.ingest.document.IngestException;
import io.millstream.hadoop.ingest.document.Manifest;
import io.millstream.hadoop.ingest.document.RunRecord;
import io.millstream.hadoop.ingest.state.CommitPoint;
import io.millstream.hadoop.ingest.state.RunRegister;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * Brings the run that the record names to its end: a committed one is published, an uncommitted one is cleared. What a driver
 * does right after its own commit and what the next driver does for a dead one is the same, and each step may have been done
 * before, in part or whole.
 */
final class Completion {

    private final RunRegister register;
    private final TargetStorage storage;
    private final TargetLayout layout;
    private final CommitPoint commitPoint;
    private final HadoopJobs hadoop;

    Completion(RunRegister register, Target target, CommitPoint commitPoint, HadoopJobs hadoop) {
        this.register = register;
        this.storage = target.storage();
        this.layout = target.layout();
        this.commitPoint = commitPoint;
        this.hadoop = hadoop;
    }

    /**
     * Leaves no run half done.
     *
     * @return the manifest of a run that was committed and is published now; empty if there was none
     */
    Optional<Manifest> settle(Progress progress) throws IOException {
        RunRecord record = register.record().orElse(null);
        if (record == null) {
            return Optional.empty();
        }
        return switch (record.state()) {
            case STARTED -> {
                clear(record, progress);
                yield Optional.empty();
            }
            case COMMITTED -> Optional.of(publish(record, progress));
            case PUBLISHED -> {
                removeStaging(record);
                yield Optional.empty();
            }
            case ABANDONED -> {
                removeRun(record);
                yield Optional.empty();
            }
        };
    }

    private void clear(RunRecord record, Progress progress) throws IOException {
        progress.say("clearing run " + record.run() + ", which was not committed");
        hadoop.stopLeftOver(record);
        // The record first: a commit that is still on its way to ZooKeeper fails from now on, so nothing can need the
        // files.
        register.put(record.abandoned());
        removeRun(record);
    }

    private void removeRun(RunRecord record) throws IOException {
        Path run = layout.run(record.run());
        if (storage.stat(run).isPresent()) {
            storage.delete(run);
        }
    }

    private Manifest publish(RunRecord record, Progress progress) throws IOException {
        Manifest manifest = manifest(record.manifest());
        if (record.offsetsPending()) {
            commitPoint.finishOffsets(manifest);
        }
        new Publisher(storage, layout).publish(manifest, progress);
        register.put(record.published());
        removeStaging(record);
        return manifest;
    }

    private Manifest manifest(DocumentRef ref) throws IOException {
        Path path = layout.below(ref.path());
        if (storage.stat(path).isEmpty()) {
            throw new IngestException("Manifest " + path
                    + " of a committed run is gone. Restore it; without it the run's files" + " cannot be published");
        }
        byte[] content = storage.read(path);
        ref.ensureIs(content);
        return Document.read(content, Manifest.class, path.toString());
    }

    private void removeStaging(RunRecord record) throws IOException {
        Path staging = layout.staging(record.run(), record.fence());
        if (storage.stat(staging).isPresent()) {
            storage.delete(staging);
        }
    }
}
