package io.millstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.hadoop.mapreduce.Job;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on HDFS and YARN while what they depend on is gone for a while, or for good: their output is exact. */
@EnabledIfSystemProperty(named = "nemesis.all", matches = "true")
final class ClusterNemesisTest {

    private static final String TWO_TO_A_NODE = "1536"; // megabytes
    private static final String ON_A_FURTHER_NODE = "4608"; // more than the cluster's first one has
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private static Path folder;

    private static Hadoop hadoop;
    private static Brokers brokers;
    private static Relays relays;

    @BeforeAll
    static void start() throws Exception {
        hadoop = Hadoop.shared();
        brokers = Brokers.start(folder, 2);
        relays = Relays.prepare(hadoop, brokers, "without-zookeeper", "without-node", "without-master");
    }

    @AfterAll
    static void stop() {
        brokers.close();
    }

    private static Job submitted(String written, Map<String, String> settings, Meetings meetings) throws Exception {
        Job job = relays.job(written, StandingRelay.class, meetings);
        job.setMapSpeculativeExecution(false); // all of them stand
        settings.forEach(job.getConfiguration()::set);
        // An application master asks the node manager to end what runs there, before it begins it elsewhere.
        job.getConfiguration().setInt("yarn.client.nodemanager-connect.max-wait-ms", 5_000);
        job.submit();
        for (int task = 0; task < Relays.READ.size(); task++) {
            meetings.await("task " + task);
        }
        return job;
    }

    private static void goOn(Meetings meetings) throws IOException {
        for (int task = 0; task < Relays.READ.size(); task++) {
            meetings.goOn("task " + task);
        }
    }

    /** Once while its tasks read, without it to the end, and once while it publishes, which takes both brokers. */
    @Test
    void a_zookeeper_that_restarts_is_waited_for() throws Exception {
        String written = "without-zookeeper";
        try (Meetings meetings = Meetings.open()) {
            Job job = submitted(written, Map.of(), meetings);

            brokers.kill9(2);
            brokers.kill9ZooKeeper();
            goOn(meetings);
            brokers.restartZooKeeper();

            await().atMost(PATIENCE).until(() -> relays.publication(job).contains("\"OPEN\""));
            brokers.kill9ZooKeeper();
            brokers.restartZooKeeper();
            brokers.restart(2);

            relays.ensureExact(job, written);
        }
    }

    /** Two of its tasks go on, while others replace them. */
    @Test
    void a_node_manager_that_is_lost_loses_and_repeats_nothing() throws Exception {
        String written = "without-node";
        try (Meetings meetings = Meetings.open();
                Node node = join("node")) {
            Job job = submitted(written, Map.of("mapreduce.map.memory.mb", TWO_TO_A_NODE), meetings);

            assertThat(node.lose()).isNotEmpty();
            goOn(meetings);

            relays.ensureExact(job, written);
        }
    }

    /** It goes on, with some of its tasks, while another one begins. */
    @Test
    void an_application_master_of_a_lost_node_loses_and_repeats_nothing() throws Exception {
        String written = "without-master";
        Map<String, String> settings = Map.of(
                "mapreduce.map.memory.mb", TWO_TO_A_NODE, "yarn.app.mapreduce.am.resource.mb", ON_A_FURTHER_NODE);
        try (Meetings meetings = Meetings.open();
                Node node = join("node-of-master")) {
            Job job = submitted(written, settings, meetings);

            assertThat(node.lose()).anyMatch(Hadoop::isApplicationMaster);
            try (Node another = join("node-of-next-master")) {
                assertThat(another.isAlive()).isTrue();
                goOn(meetings);

                relays.ensureExact(job, written);
            }
        }
    }

    private static Node join(String name) throws IOException {
        return Node.join(hadoop.cluster().configuration(), hadoop.folder(name));
    }
}
