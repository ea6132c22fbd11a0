package io.millstream.broker.server.handler;

import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogDirectory;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.server.Handler;
import io.millstream.broker.server.RequestContext;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.DescribeLogDirs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DescribeLogDirs: asks the file systems for their room, and so on a worker. */
public final class DescribeLogDirsHandler implements Handler<DescribeLogDirs.Request> {

    private static final Logger log = LoggerFactory.getLogger(DescribeLogDirsHandler.class);

    private final LogDirectories logs;
    private final Executor worker;

    /** @param worker may block */
    public DescribeLogDirsHandler(LogDirectories logs, Executor worker) {
        this.logs = logs;
        this.worker = worker;
    }

    @Override
    public CompletionStage<DescribeLogDirs.Response> handle(RequestContext context, DescribeLogDirs.Request request) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Map<String, Set<Integer>> wanted = wanted(request);
                    List<DescribeLogDirs.Directory> directories = logs.directories().stream()
                            .map(directory -> describe(directory, wanted))
                            .toList();
                    return new DescribeLogDirs.Response(0, ErrorCode.NONE, directories);
                },
                worker);
    }

    /** Partitions by topic; null for all. */
    private static Map<String, Set<Integer>> wanted(DescribeLogDirs.Request request) {
        if (request.topics() == null) {
            return null;
        }
        Map<String, Set<Integer>> wanted = new HashMap<>();
        request.topics().forEach(topic -> wanted.computeIfAbsent(topic.topic(), name -> new HashSet<>())
                .addAll(topic.partitions()));
        return wanted;
    }

    private static DescribeLogDirs.Directory describe(LogDirectory directory, Map<String, Set<Integer>> wanted) {
        String path = directory.path().toAbsolutePath().toString();
        if (directory.failure().isEmpty()) {
            try {
                return new DescribeLogDirs.Directory(
                        ErrorCode.NONE,
                        path,
                        replicas(directory, wanted),
                        directory.totalBytes(),
                        directory.usableBytes());
            } catch (StorageException e) {
                log.error("Cannot describe data directory {}", path, e);
            }
        }
        return new DescribeLogDirs.Directory(
                ErrorCode.KAFKA_STORAGE_ERROR, path, List.of(), DescribeLogDirs.UNKNOWN, DescribeLogDirs.UNKNOWN);
    }

    private static List<ByTopic<DescribeLogDirs.Replica>> replicas(
            LogDirectory directory, Map<String, Set<Integer>> wanted) {
        Map<String, List<DescribeLogDirs.Replica>> topics = new TreeMap<>();
        for (PartitionLog each : directory.logs()) {
            String topic = each.partition().topic().value();
            int partition = each.partition().partition();
            if (wanted == null || wanted.getOrDefault(topic, Set.of()).contains(partition)) {
                // What is here holds all up to its own high watermark, and nothing is on its way to another directory.
                topics.computeIfAbsent(topic, name -> new ArrayList<>())
                        .add(new DescribeLogDirs.Replica(partition, each.view().sizeInBytes(), 0, false));
            }
        }
        topics.values().forEach(each -> each.sort(Comparator.comparingInt(DescribeLogDirs.Replica::partition)));
        return topics.entrySet().stream()
                .map(topic -> new ByTopic<>(topic.getKey(), topic.getValue()))
                .toList();
    }
}
