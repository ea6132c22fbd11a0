package io.millstream.minicluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The processes that this one started, and those that they did. */
final class Containers {

    /** Most often one is enough; one that is killed while it starts another leaves that for the next. */
    private static final int MOST_ROUNDS = 5;

    /** With all rounds less than whoever ends the cluster waits. Where nobody reaps orphans, a dead one never goes away. */
    private static final long ROUND_SECONDS = 4;

    /** What containers are: their script and the JVM that it becomes, never a program that somebody reads their log with. */
    private static final Set<String> PROGRAMS = Set.of("java", "bash");

    private Containers() {}

    /**
     * Ends all, or says on stderr which are left. One that was started while its parent died is nobody's child, but names its folder in its command.
     *
     * @param work below which containers have their folders
     */
    static void killAll(Path work) {
        List<ProcessHandle> living = living(work);
        for (int round = 0; round < MOST_ROUNDS && !living.isEmpty(); round++) {
            kill(living);
            living = living(work);
        }
        living.forEach(each -> System.err.println("Process " + each.pid() + " is left: " + each.info()));
    }

    private static void kill(List<ProcessHandle> processes) {
        for (ProcessHandle each : processes) {
            each.destroyForcibly();
        }
        CompletableFuture.allOf(processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, ROUND_SECONDS, TimeUnit.SECONDS)
                .join();
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
        ProcessHandle.Info info = process.info();
        return process.isAlive()
                && info.user().equals(ProcessHandle.current().info().user())
                && info.command()
                        .map(command -> String.valueOf(Path.of(command).getFileName()))
                        .filter(PROGRAMS::contains)
                        .isPresent()
                && info.commandLine()
                        .filter(line -> line.contains(work.toString()))
                        .isPresent();
    }
}
