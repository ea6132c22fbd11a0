package io.millstream.hadoop;

import io.millstream.hadoop.ingest.IngestJob;
import io.millstream.hadoop.output.OutputTool;

/** What {@code hadoop jar} starts of the job jar: {@code ingest} or {@code output}, as {@code bin/millstream} does. */
public final class HadoopMain {

    private HadoopMain() {}

    /** Runs the command that the first argument names, {@code ingest} if it names none, and ends the process. */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("output")) {
            OutputTool.main(args);
        } else {
            IngestJob.main(args);
        }
    }
}
