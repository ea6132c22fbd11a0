package io.millstream.minicluster;

import java.nio.file.Path;
import java.util.List;

/** The processes that this one started, and those that they did. */
final class Containers {

    private Containers() {}

    /**
     * Ends all. One that was started while its parent died is nobody's child, but names its folder in its command.
     *
     * @param work below which containers have their folders
     */
    static void killAll(Path work) {
        List<ProcessHandle> living = living(work);
        while (!living.isEmpty()) {
            for (ProcessHandle each : living) {
                each.destroyForcibly();
            }
            for (ProcessHandle each : living) {
                each.onExit().join();
            }
            living = living(work);
        }
    }

    private static List<ProcessHandle> living(Path work) {
        List<ProcessHandle> own = ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .toList();
        return own.isEmpty()
                ? ProcessHandle.allProcesses().filter(each -> isIn(work, each)).toList()
                : own;
    }

    private static boolean isIn(Path work, ProcessHandle process) {
        return process.isAlive()
                && process.info()
                        .commandLine()
                        .filter(line -> line.contains(work.toString()))
                        .isPresent();
    }
}
