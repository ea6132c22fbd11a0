package io.millstream.schemas;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Write;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** ZooKeeper with a bad line: answers to commits are lost, and changes are not heard of. Counts what it is asked. */
final class Meddled {

    /** What becomes of a commit. */
    enum Fate {
        ANSWERED,
        /** Done, and the answer lost. */
        DONE,
        /** Not done, and it seems as if the answer were lost. */
        LOST
    }

    final Queue<Fate> fates = new ArrayDeque<>();
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger commits = new AtomicInteger();
    final AtomicLong bytes = new AtomicLong();
    volatile boolean deaf;

    /** Whether changes are heard of only with the answer to the next sync. */
    volatile boolean late;

    /** The document whose reads are refused; null if none's are. */
    volatile String unreadable;

    /** How large a commit may be; 0 if it may be as large as ZooKeeper takes. */
    volatile int maxCommitBytes;

    private final Queue<Runnable> unheard = new ConcurrentLinkedQueue<>();

    private final Coordination real;

    Meddled(Coordination real) {
        this.real = real;
    }

    Coordination coordination() {
        return (Coordination) Proxy.newProxyInstance(
                Coordination.class.getClassLoader(),
                new Class<?>[] {Coordination.class},
                (proxy, method, arguments) -> call(method, arguments));
    }

    @SuppressWarnings({"unchecked", "FutureReturnValueIgnored"}) // as Coordination declares them; the caller gets it
    private Object call(Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "read", "children" -> {
                reads.incrementAndGet();
                if (arguments[0].equals(unreadable)) {
                    return CompletableFuture.failedFuture(new CoordinationException(
                            CoordinationException.Reason.REFUSED, "Refused", unreadable, null));
                }
            }
            case "maxCommitBytes" -> {
                return maxCommitBytes > 0 ? maxCommitBytes : real.maxCommitBytes();
            }
            case "sync" -> {
                Object heard = ((CompletableFuture<Void>) ask(method, arguments)).thenRun(this::hear);
                return heard; // the caller's to look at
            }
            case "commit" -> {
                commits.incrementAndGet();
                long size = real.commitBytes((List<Write>) arguments[0]);
                if (maxCommitBytes > 0 && size > maxCommitBytes) {
                    return CompletableFuture.failedFuture(
                            new CoordinationException(CoordinationException.Reason.REFUSED, "Too large", null, null));
                }
                bytes.addAndGet(size);
                Object committed = commit(() -> (CompletableFuture<List<Integer>>) ask(method, arguments));
                return committed; // the caller's to look at
            }
            case "watch" -> {
                Consumer<String> changed = (Consumer<String>) arguments[1];
                Consumer<String> heard = path -> {
                    if (late) {
                        unheard.add(() -> changed.accept(path));
                    } else if (!deaf) {
                        changed.accept(path);
                    }
                };
                return ask(method, arguments[0], heard);
            }
            default -> {}
        }
        return ask(method, arguments);
    }

    private void hear() {
        for (Runnable next = unheard.poll(); next != null; next = unheard.poll()) {
            next.run();
        }
    }

    private interface Commit {
        CompletableFuture<List<Integer>> make() throws Throwable;
    }

    private CompletableFuture<List<Integer>> commit(Commit commit) throws Throwable {
        Fate fate = fates.isEmpty() ? Fate.ANSWERED : fates.remove();
        CoordinationException lost =
                new CoordinationException(CoordinationException.Reason.UNKNOWN_OUTCOME, "Answer lost", null);
        return switch (fate) {
            case ANSWERED -> commit.make();
            case DONE -> commit.make().thenCompose(done -> CompletableFuture.failedFuture(lost));
            case LOST -> CompletableFuture.failedFuture(lost);
        };
    }

    private Object ask(Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
