package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.lib.output.FileOutputFormat;
import org.apache.hadoop.mapreduce.lib.output.NullOutputFormat;
import org.apache.hadoop.mapreduce.lib.output.PathOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.TextOutputFormat;
import org.apache.hadoop.mapreduce.task.MapContextImpl;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose offsets are committed with its output works as it did before that was asked for. */
final class InputCommitterTest {

    private static final TaskAttemptID ATTEMPT = new TaskAttemptID(new TaskID("jobs", 1, TaskType.MAP, 0), 0);

    @TempDir
    private Path folder;

    private static InputCommitter committer(Job job) throws Exception {
        TopicInputFormat.commitOnSuccess(job);
        TaskAttemptContext context = new TaskAttemptContextImpl(job.getConfiguration(), ATTEMPT);
        return (InputCommitter) new CommittingOutputFormat<NullWritable, Text>().getOutputCommitter(context);
    }

    @Test
    void a_task_finds_the_folder_that_it_may_write_side_files_to() throws Exception {
        Configuration conf = new Configuration();
        conf.set("fs.defaultFS", "file:///");
        Job job = Job.getInstance(conf);
        job.setOutputFormatClass(TextOutputFormat.class);
        FileOutputFormat.setOutputPath(job, new org.apache.hadoop.fs.Path(folder.toUri()));
        TaskAttemptContext context = new TaskAttemptContextImpl(job.getConfiguration(), ATTEMPT);
        PathOutputCommitter own = (PathOutputCommitter) new TextOutputFormat<>().getOutputCommitter(context);

        InputCommitter committer = committer(job);
        var task = new MapContextImpl<Object, Object, NullWritable, Text>(
                job.getConfiguration(), ATTEMPT, null, null, committer, null, null);

        assertThat(FileOutputFormat.getWorkOutputPath(task)).isEqualTo(own.getWorkPath());
        assertThat(committer.getOutputPath()).isEqualTo(own.getOutputPath());
        assertThat(committer.hasOutputPath()).isTrue();
    }

    @Test
    void a_job_that_writes_no_files_has_no_such_folder() throws Exception {
        Job job = Job.getInstance(new Configuration(false));
        job.setOutputFormatClass(NullOutputFormat.class);

        InputCommitter committer = committer(job);

        assertThat(committer.hasOutputPath()).isFalse();
        assertThatThrownBy(committer::getWorkPath).hasMessageContaining("no folder to work in");
    }
}
