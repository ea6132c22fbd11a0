package io.millstream.hadoop.output;

import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Entropy;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.ingest.document.DocumentRef;
import io.millstream.hadoop.output.OutputManifest.Target;
import io.millstream.hadoop.output.Publisher.Before;
import io.millstream.hadoop.output.StagedTasks.Total;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;

/**
 * Decides that what a job's tasks have staged is published: everything is read and looked at before, so that nothing is decided that
 * cannot be done. One ZooKeeper request holds the decision, and the offsets of what the job has read; the producer id is taken before.
 */
final class Decision {

    /** As many as there are sequences. */
    private static final long MAX_RECORDS = Integer.MAX_VALUE;

    private final OutputSession session;
    private final Configuration conf;
    private final Runnable tick;
    private final Map<TopicName, TopicRules> rules = new HashMap<>();

    /**
     * What stands now.
     *
     * @param before who may have sent something of it
     */
    record Taken(PublicationRecord record, Before before) {}

    /** @param tick called now and then while something takes long */
    Decision(OutputSession session, Configuration conf, Runnable tick) {
        this.session = session;
        this.conf = conf;
        this.tick = tick;
    }

    /**
     * Takes it, unless one stands when it comes to that.
     *
     * @param tasks how many there must be at least
     */
    Taken take(JobOutput output, int tasks) throws IOException {
        String publication = output.publication();
        StagingPlace place = output.place();
        Entropy entropy = session.doors().entropy();
        StagedDocuments documents = new StagedDocuments(place);
        Optional<InputOffsets> offsets = InputOffsets.in(session, conf);
        if (offsets.isPresent()) {
            offsets.get().ensureNobodyIsWriting();
        }
        OutputManifest manifest = manifest(publication, place, tasks);
        DocumentRef stored = documents.store("manifest", manifest, entropy);
        DocumentRef pending = null;
        List<Write> further = List.of();
        if (offsets.isPresent() && offsets.get().fit(publication)) {
            further = offsets.get().atOnce(publication);
        } else if (offsets.isPresent()) {
            offsets.get().ensureAsPlanned();
            pending = documents.store("offsets", offsets.get().planned(), entropy);
            further = List.of(offsets.get().raise(publication));
        }
        PublicationRecord wanted = new PublicationRecord(
                PublicationState.OPEN,
                output.job(),
                place.root().toString(),
                stored,
                session.producerIds().take(),
                manifest.targets().stream().mapToLong(Target::records).sum(),
                offsets.map(InputOffsets::group).orElse(null),
                pending,
                0,
                null,
                entropy.uuid());
        return decide(output, wanted, further);
    }

    private Taken decide(JobOutput output, PublicationRecord wanted, List<Write> further) throws OutputException {
        String publication = output.publication();
        long before = session.doors().clock().nanos();
        Versioned<PublicationRecord> decided;
        try {
            decided = session.register().decide(publication, output.applicationAttempt(), wanted, further);
        } catch (CoordinationException e) {
            boolean moved = e.reason() == Reason.CONFLICT
                    && e.path()
                            .filter(path -> path.startsWith(Paths.CONSUMERS + "/"))
                            .isPresent();
            if (!moved) {
                throw e;
            }
            throw new OutputException(
                    "Publication " + publication + ": offsets of group " + wanted.group()
                            + " were moved by another job since this one was planned ("
                            + e.path().orElse(e.getMessage()) + "). Nothing is published; run the job again",
                    e);
        }
        boolean mine = wanted.token().equals(decided.value().token()); // others may have decided the very same
        return new Taken(decided.value(), mine ? Before.nobody(before) : Before.ANYBODY);
    }

    private OutputManifest manifest(String publication, StagingPlace place, int tasks) throws IOException {
        StagedTasks.Found found = new StagedTasks(place, tick).readAll(batch -> ensureTaken(publication, batch));
        if (found.files().size() < tasks) {
            throw new OutputException("Staging folder " + place.root() + " has the output of "
                    + found.files().size() + " tasks of " + tasks
                    + ": somebody has deleted from it. Nothing is published;"
                    + " run the job again");
        }
        SortedMap<TopicPartition, Total> totals = found.totals();
        Map<TopicPartition, Long> ends =
                totals.isEmpty() ? Map.of() : session.outlet().endOffsets(totals.keySet());
        List<Target> targets = new ArrayList<>();
        for (Map.Entry<TopicPartition, Total> each : totals.entrySet()) {
            TopicPartition partition = each.getKey();
            Total total = each.getValue();
            if (total.records() > MAX_RECORDS) {
                throw new OutputException("Publication " + publication + " has " + total.records()
                        + " records for partition " + partition + "; at most " + MAX_RECORDS
                        + " can be published at once. Write to more partitions, or in several jobs");
            }
            targets.add(new Target(
                    partition.topic().value(),
                    total.topicId(),
                    partition.partition(),
                    total.records(),
                    ends.get(partition)));
        }
        OutputManifest manifest = new OutputManifest(found.files(), targets);
        Optional<String> objection = Publisher.otherTopic(session.outlet(), manifest);
        if (objection.isPresent()) {
            throw new OutputException("Publication " + publication + ": " + objection.get()
                    + ". Nothing is published; run the job again");
        }
        return manifest;
    }

    /** What a leader is going to refuse must not be decided: no resume gets past it. */
    private void ensureTaken(String publication, StagedBatch batch) throws OutputException {
        TopicName topic = batch.partition().topic();
        Optional<String> objection =
                rules.computeIfAbsent(topic, this::rulesNow).objection(batch);
        if (objection.isPresent()) {
            throw new OutputException("Publication " + publication + " has " + objection.get()
                    + ". Nothing is published; run the job again");
        }
    }

    /** A topic that is gone has none; that it is gone is found when all are looked at. */
    private TopicRules rulesNow(TopicName topic) {
        return session.outlet().topicId(topic).isPresent()
                ? session.outlet().rules(topic)
                : TopicRules.of(topic, Map.of());
    }
}
