package io.millstream.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.core.TopicPartition;
import io.millstream.fixture.cluster.ProcCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Whether the replicas of a partition have the same bytes, wherever their segments end. */
final class ReplicaComparison {

    private ReplicaComparison() {}

    /** Stops all brokers and compares what they have. Nobody may be producing, and all replicas must be in sync. */
    static void assertSame(ProcCluster cluster, Path directory, List<TopicPartition> partitions) {
        cluster.ids().forEach(cluster::terminate);
        for (TopicPartition partition : partitions) {
            Map<Integer, String> contents = new TreeMap<>();
            cluster.ids()
                    .forEach(id -> contents.put(
                            id, content(ProcCluster.data(directory, id).resolve(partition.toString()))));
            assertThat(contents.values().stream().distinct())
                    .as("%s on each broker: %s", partition, contents)
                    .hasSize(1);
        }
    }

    /** Length and digest of all segments in order. */
    private static String content(Path log) {
        try (Stream<Path> files = Files.list(log)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long length = 0;
            for (Path segment : files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                byte[] bytes = Files.readAllBytes(segment);
                digest.update(bytes);
                length += bytes.length;
            }
            return length + " bytes, " + HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
