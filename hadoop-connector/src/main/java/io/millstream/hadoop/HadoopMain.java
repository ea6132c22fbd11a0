package io.millstream.hadoop;

import io.millstream.hadoop.ingest.IngestJob;
import io.millstream.hadoop.output.OutputTool;

/** What {@code hadoop jar} starts of the job jar: {@code ingest} or {@code output}, as {@code bin/millstream} does. */
public final class HadoopMain {

    private static final int FAILED = 1;

    private HadoopMain() {}

    /** Runs the command that the first argument names, {@code ingest} if it names none, and ends the process. */
    public static void main(String[] args) {
        try {
            run(args);
        } catch (NoClassDefFoundError e) {
            if (HadoopMain.class.getClassLoader() == Thread.currentThread().getContextClassLoader()) {
                throw e; // this class is the job jar's and sees all that is in it: the class that is missing is
                // another's
            }
            // Classes on HADOOP_CLASSPATH come before those of the jar that is run, and do not see its libraries.
            System.err.println("millstream: Class " + e.getMessage() + " is missing: Millstream's own come from "
                    + HadoopMain.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath()
                    + ", not from the job jar. Take that out of HADOOP_CLASSPATH for this command");
            System.exit(FAILED);
        }
    }

    private static void run(String[] args) {
        if (args.length > 0 && args[0].equals("output")) {
            OutputTool.main(args);
        } else {
            IngestJob.main(args);
        }
    }
}
