package io.millstream.hadoop.ingest.task;

import io.millstream.coordination.Document;
import io.millstream.hadoop.ingest.document.IngestPlan;
import io.millstream.hadoop.ingest.document.RangeAccount;
import io.millstream.hadoop.ingest.document.StagedFile;
import io.millstream.hadoop.ingest.document.TaskReport;
import io.millstream.hadoop.ingest.storage.TargetLayout;
import io.millstream.hadoop.input.InputCounter;
import io.millstream.hadoop.input.TopicRecord;
import io.millstream.hadoop.input.TopicSplit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.Mapper;

/** One task of the ingest job: its split's records into files, and a report of what became of each offset. */
public final class IngestMapper extends Mapper<NullWritable, TopicRecord, NullWritable, NullWritable> {

    private static final long STATUS_EVERY_RECORDS = 100_000;

    @Override
    public void run(Context context) throws IOException, InterruptedException {
        TaskPlace place = TaskPlace.of(context);
        try {
            ingest(context, place);
        } catch (IOException | RuntimeException e) {
            leaveNote(place, e);
            throw e;
        }
    }

    private static void ingest(Context context, TaskPlace place) throws IOException, InterruptedException {
        TaskSink sink = sink(context, place);
        TaskReport report;
        try {
            long records = 0;
            while (context.nextKeyValue()) {
                TopicRecord record = context.getCurrentValue();
                if (!sink.accept(record.topicPartition(), record.record())) {
                    break;
                }
                if (++records % STATUS_EVERY_RECORDS == 0) {
                    context.setStatus(record.topicPartition() + " at offset " + record.offset());
                }
            }
            long gaps = context.getCounter(InputCounter.GAP_OFFSETS).getValue();
            report = sink.finish(context.getTaskAttemptID().getTaskID().getId(), gaps);
        } catch (IOException | RuntimeException | InterruptedException e) {
            sink.abandon();
            throw e;
        }
        place.storage().write(new Path(place.attempt(), TargetLayout.REPORT), Document.write(report));
        count(context, report);
    }

    private static TaskSink sink(Context context, TaskPlace place) throws IOException {
        Configuration conf = context.getConfiguration();
        Path planPath = new Path(IngestSetting.PLAN.in(conf));
        IngestPlan plan = Document.read(place.storage().read(planPath), IngestPlan.class, planPath.toString());
        RowFiles.Bounds bounds = new RowFiles.Bounds(
                (int) IngestSetting.OPEN_FILES_MAX.numberIn(conf),
                IngestSetting.BUFFER_MAX_BYTES.numberIn(conf),
                IngestSetting.FILE_TARGET_BYTES.numberIn(conf));
        RowFiles files = new RowFiles(place.storage(), place.attempt(), new ParquetFormat(conf), bounds);
        TopicSplit split = (TopicSplit) context.getInputSplit();
        return new TaskSink(plan, split.ranges(), files, IngestSetting.QUARANTINE_MAX_RECORDS.numberIn(conf));
    }

    private static void count(Context context, TaskReport report) {
        context.getCounter(IngestCounter.FILES).increment(report.files().size());
        for (RangeAccount range : report.ranges()) {
            context.getCounter(IngestCounter.TOMBSTONES).increment(range.tombstones());
        }
        for (StagedFile file : report.files()) {
            context.getCounter(IngestCounter.FILE_BYTES).increment(file.bytes());
            IngestCounter rows =
                    switch (file.kind()) {
                        case DATA -> IngestCounter.ROWS;
                        case QUARANTINE -> IngestCounter.QUARANTINED;
                    };
            context.getCounter(rows).increment(file.rows());
        }
    }

    /** Tells the driver why, because what Hadoop tells it of a failed task differs from one runner to the next. */
    private static void leaveNote(TaskPlace place, Exception failure) {
        String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        try {
            place.storage().write(place.failure(), text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
