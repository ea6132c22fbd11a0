package io.millstream.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Interrupted.Fate;
import io.millstream.core.Entropy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FenceTest {

    private static final String PATH = "/ingest/job/fence";

    @RegisterExtension
    static final TestZooKeeper zooKeeper = new TestZooKeeper();

    private static Fence raise(Coordination coordination, String owner) {
        return Fence.raise(coordination, PATH, owner, Entropy.system());
    }

    private static void checkedWrite(Coordination coordination, Fence fence, String path) {
        Coordination.await(coordination.commit(List.of(fence.check(), new Write.Create(path, new byte[0]))));
    }

    @Test
    void theLastToRaiseItActsAndTheOneBeforeCanNot() {
        Coordination coordination = zooKeeper.connect();
        Fence first = raise(coordination, "first");
        checkedWrite(coordination, first, "/done-by-first");

        Fence second = raise(zooKeeper.connect(), "second");

        assertThat(first.number()).isEqualTo(1);
        assertThat(second.number()).isEqualTo(2);
        CoordinationException refused =
                catchThrowableOfType(CoordinationException.class, () -> checkedWrite(coordination, first, "/too-late"));
        assertThat(refused.reason()).isEqualTo(Reason.CONFLICT);
        assertThat(refused.path()).contains(PATH);
        checkedWrite(coordination, second, "/done-by-second");
        FenceHolder holder = Document.read(
                Coordination.await(coordination.read(PATH)).orElseThrow().value(), FenceHolder.class, PATH);
        assertThat(holder.owner()).isEqualTo("second");
    }

    @Test
    void knowsThatItWonWhenOnlyTheAnswerWasLost() {
        Interrupted coordination = new Interrupted(zooKeeper.connect(), List.of(Fate.DONE_BUT_ANSWER_LOST));

        Fence fence = raise(coordination, "me");

        assertThat(fence.number()).isEqualTo(1);
        assertThat(coordination.commits()).isEqualTo(1);
        checkedWrite(coordination, fence, "/done");
    }

    @Test
    void triesAgainWhenTheWriteWasLost() {
        Interrupted coordination = new Interrupted(zooKeeper.connect(), List.of(Fate.LOST, Fate.LOST));

        Fence fence = raise(coordination, "me");

        assertThat(fence.number()).isEqualTo(1);
        assertThat(coordination.commits()).isEqualTo(3);
    }

    @Test
    void manyAtOnceGetDifferentNumbers() throws InterruptedException {
        List<Integer> numbers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Coordination coordination = zooKeeper.connect();
            Thread thread = new Thread(() -> {
                for (int round = 0; round < 10; round++) {
                    numbers.add(raise(coordination, "some").number());
                }
            });
            thread.start();
            threads.add(thread);
        }

        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(numbers).hasSize(40);
        assertThat(new HashSet<>(numbers)).hasSize(40);
    }

    @Test
    void refusesAZnodeThatIsSomethingElse() {
        Coordination coordination = zooKeeper.connect();
        Coordination.await(coordination.ensurePath("/ingest/job"));
        Coordination.await(coordination.commit(new Write.Create(PATH, new byte[] {'x'})));

        CoordinationException refused =
                catchThrowableOfType(CoordinationException.class, () -> raise(coordination, "me"));

        assertThat(refused.reason()).isEqualTo(Reason.REFUSED);
        assertThat(refused).hasMessageContaining(PATH);
    }
}
