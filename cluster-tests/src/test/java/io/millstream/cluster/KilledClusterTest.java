package io.millstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.examples.minicluster.HadoopCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.output.NullOutputFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The cluster that tests and the demo start, when it is killed: nothing of it is left. */
@EnabledIfSystemProperty(named = "nemesis.all", matches = "true")
final class KilledClusterTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Stands still for as long as the test lets it. */
    public static final class Standing extends Mapper<LongWritable, Text, Text, Text> {

        @Override
        protected void map(LongWritable key, Text value, Mapper<LongWritable, Text, Text, Text>.Context context)
                throws IOException {
            Meetings.stand(context.getConfiguration(), "there");
        }
    }

    @Test
    void containers_end_with_a_cluster_that_is_killed() throws Exception {
        Hadoop hadoop = Hadoop.shared();
        Path home = hadoop.folder("killed");
        try (HadoopCluster cluster = HadoopCluster.start(home);
                Meetings meetings = Meetings.open()) {
            Configuration conf = new Configuration(hadoop.configuration());
            cluster.configuration().forEach(each -> conf.set(each.getKey(), each.getValue()));
            meetings.tell(conf);
            org.apache.hadoop.fs.Path line = new org.apache.hadoop.fs.Path("/line");
            try (FileSystem hdfs = FileSystem.newInstance(conf);
                    OutputStream out = hdfs.create(line)) {
                out.write("a line\n".getBytes(StandardCharsets.UTF_8));
            }
            Job job = Job.getInstance(conf, "standing");
            job.setMapperClass(Standing.class);
            job.setNumReduceTasks(0);
            job.setOutputFormatClass(NullOutputFormat.class);
            FileInputFormat.addInputPath(job, line);
            job.submit();
            meetings.await("there");
            assertThat(processes(home))
                    .isGreaterThan(3); // the cluster's, its watchdog's, an application master and a task

            cluster.process().destroyForcibly();

            await().atMost(PATIENCE).until(() -> processes(home), count -> count == 0);
        }
    }

    private static long processes(Path home) {
        return ProcessHandle.allProcesses()
                .filter(each -> each.info().commandLine().orElse("").contains(home.toString()))
                .count();
    }
}
