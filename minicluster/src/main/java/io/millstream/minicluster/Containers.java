package io.millstream.minicluster;

import java.util.List;

/** The processes that this one started, and those that they did. */
final class Containers {

    private Containers() {}

    /** Ends all. What is started meanwhile ends, too: a container's parent is found before its children are. */
    static void killAll() {
        List<ProcessHandle> living = living();
        while (!living.isEmpty()) {
            for (ProcessHandle each : living) {
                each.destroyForcibly();
            }
            for (ProcessHandle each : living) {
                each.onExit().join();
            }
            living = living();
        }
    }

    private static List<ProcessHandle> living() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .toList();
    }
}
