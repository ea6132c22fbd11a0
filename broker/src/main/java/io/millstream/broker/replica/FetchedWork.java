package io.millstream.broker.replica;

import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.TermEnd;
import io.millstream.record.CorruptBatchException;
import io.millstream.record.RecordBatch;
import io.millstream.wire.message.Fetch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one answer of a leader gives to do on the logs, done where each log's work is done. Belongs to the fetcher's loop,
 * which hears of each partition when the executor is through with its share.
 */
final class FetchedWork {

    /** Nothing to do. */
    static final FetchedWork DONE = new FetchedWork(null, null);

    private static final Logger log = LoggerFactory.getLogger(FetchedWork.class);

    private final FetcherStage stage;
    private final BiConsumer<FollowedPartition, String> finished;
    private final Map<Executor, List<Task>> appends = new LinkedHashMap<>(2);
    private final Map<Executor, List<Task>> others = new LinkedHashMap<>(0);
    private int underWay;

    private record Task(FollowedPartition one, Runnable work) {}

    private record Done(FollowedPartition one, String failure) {}

    /** @param finished is told of each partition, with what went wrong or null */
    FetchedWork(FetcherStage stage, BiConsumer<FollowedPartition, String> finished) {
        this.stage = stage;
        this.finished = finished;
    }

    /** Records are to be appended. */
    void append(FollowedPartition one, Fetch.Data data) {
        ByteBuf records = data.recordBytes();
        long start = one.asked().logStartOffset();
        Runnable work =
                () -> one.partition().following().appendReplicated(one.epoch(), records, data.highWatermark(), start);
        if (beginsTerm(one, records)) { // which is forced to disk first
            others.computeIfAbsent(stage.worker().apply(one.id()), executor -> new ArrayList<>(1))
                    .add(new Task(one, work));
        } else {
            Executor appender = stage.appender().apply(one.partition().log());
            appends.computeIfAbsent(appender, executor -> new ArrayList<>(1)).add(new Task(one, work));
        }
        learnStart(one, data);
    }

    private static boolean beginsTerm(FollowedPartition one, ByteBuf records) {
        return RecordBatch.isWhole(records, records.readerIndex(), records.writerIndex())
                && records.readableBytes() >= RecordBatch.HEADER_BYTES
                && RecordBatch.leaderEpochAt(records, records.readerIndex())
                        != one.asked().lastFetchedEpoch();
    }

    /** The logs have parted. */
    void truncate(FollowedPartition one, Fetch.Data data) {
        Fetch.Diverging end = data.diverging();
        later(one, () -> one.partition().following().diverged(one.epoch(), new TermEnd(end.epoch(), end.endOffset())));
    }

    /** The log is to begin where the leader's does. */
    void restart(FollowedPartition one, Fetch.Data data) {
        later(one, () -> one.partition().following().startOver(one.epoch(), data.logStartOffset()));
    }

    /** A cut has failed on the way. */
    void finishCut(FollowedPartition one) {
        later(one, () -> one.partition().following().finishCut(one.epoch()));
    }

    private void later(FollowedPartition one, Runnable work) {
        others.computeIfAbsent(stage.worker().apply(one.id()), executor -> new ArrayList<>(1))
                .add(new Task(one, work));
    }

    /** There are no records. */
    void learn(FollowedPartition one, Fetch.Data data) {
        learn(one, data, one.asked().logStartOffset());
        learnStart(one, data);
    }

    private static void learn(FollowedPartition one, Fetch.Data data, long start) {
        boolean unused = one.partition()
                .following()
                .appendReplicated(one.epoch(), Unpooled.EMPTY_BUFFER, data.highWatermark(), start);
    }

    /** What the leader has deleted goes here, too; nobody waits for that. */
    private void learnStart(FollowedPartition one, Fetch.Data data) {
        if (data.logStartOffset() > one.asked().logStartOffset()) {
            execute(stage.worker().apply(one.id()), () -> {
                String failure = attempt(() -> learn(one, data, data.logStartOffset()));
                if (failure != null) {
                    log.warn("{} cannot forget what its leader has deleted: {}", one.id(), failure);
                }
            });
        }
    }

    /** Has all of it done. */
    void begin() {
        underWay = appends.size();
        appends.forEach((executor, tasks) -> run(executor, tasks, () -> underWay--));
        others.forEach((executor, tasks) -> run(executor, tasks, () -> {}));
    }

    private void run(Executor executor, List<Task> tasks, Runnable after) {
        execute(executor, () -> {
            List<Done> done = new ArrayList<>(tasks.size());
            tasks.forEach(task -> done.add(new Done(task.one, attempt(task.work))));
            stage.onLoop(() -> {
                after.run();
                done.forEach(each -> finished.accept(each.one, each.failure));
            });
        });
    }

    private static void execute(Executor executor, Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: what was fetched is dropped", closed);
        }
    }

    private static String attempt(Runnable work) {
        try {
            work.run();
            return null;
        } catch (StorageException | CorruptBatchException e) {
            return e.getMessage();
        } catch (RuntimeException e) { // one partition must not take the others along
            log.error("What was fetched could not be used", e);
            return e.toString();
        }
    }

    /** Whether no append is waited for. */
    boolean isDone() {
        return underWay <= 0;
    }

    /** Goes on without what takes long. */
    void waitNoLonger() {
        underWay = 0;
    }
}
