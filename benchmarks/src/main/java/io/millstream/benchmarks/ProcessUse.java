package io.millstream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says that a process has used. */
final class ProcessUse {

    private static final double TICKS_PER_SECOND = 100; // sysconf(_SC_CLK_TCK) of every Linux there is
    private static final double KB_IN_MB = 1024;

    private ProcessUse() {}

    /** User and system time so far, in s. */
    static double processorSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(words[11]) + Long.parseLong(words[12])) / TICKS_PER_SECOND;
    }

    /** Resident memory now, in MiB. */
    static double residentMegabytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KB_IN_MB)
                .findFirst()
                .orElseThrow();
    }
}
