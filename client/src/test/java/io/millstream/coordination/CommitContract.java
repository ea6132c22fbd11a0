package io.millstream.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millstream.coordination.CoordinationException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Reads and conditional writes. */
abstract class CommitContract extends CoordinationContract {

    @Test
    void readsNothingWhereNothingIs() {
        assertThat(Coordination.await(coordination.read("/a"))).isEmpty();
        assertThat(Coordination.await(coordination.children("/a"))).isEmpty();
    }

    @Test
    void createsOnceAndReadsBackWithVersionZero() {
        int version = commit(new Write.Create("/a", bytes("one")));

        Versioned<byte[]> found = Coordination.await(coordination.read("/a")).orElseThrow();
        assertThat(version).isZero();
        assertThat(found.value()).isEqualTo(bytes("one"));
        assertThat(found.version()).isZero();
        assertThat(found.createdZxid()).isPositive();
        assertThat(found.ephemeralOwner()).isZero();
        assertThat(conflict(new Write.Create("/a", bytes("two"))).path()).contains("/a");
        assertThat(textOf("/a")).contains("one");
    }

    @Test
    void readsEmptyDataAsAnEmptyArray() {
        commit(new Write.Create("/a", new byte[0]));

        assertThat(Coordination.await(coordination.read("/a")).orElseThrow().value())
                .isEmpty();
    }

    @Test
    void updatesOnlyTheVersionThatWasRead() {
        commit(new Write.Create("/a", bytes("0")));

        assertThat(commit(new Write.Update("/a", bytes("1"), 0))).isEqualTo(1);
        assertThat(commit(new Write.Update("/a", bytes("2"), 1))).isEqualTo(2);
        conflict(new Write.Update("/a", bytes("x"), 1));
        conflict(new Write.Update("/a", bytes("x"), 3));
        conflict(new Write.Update("/b", bytes("x"), 0));
        assertThat(textOf("/a")).contains("2");
    }

    @Test
    void deletesOnlyTheVersionThatWasReadAndOnlyWithoutChildren() {
        commit(new Write.Create("/a", bytes("")), new Write.Create("/a/b", bytes("")));

        conflict(new Write.Delete("/a/b", 1));
        conflict(new Write.Delete("/a", 0));
        conflict(new Write.Delete("/c", 0));
        assertThat(commit(new Write.Delete("/a/b", 0), new Write.Delete("/a", 0)))
                .containsExactly(-1, -1);
        assertThat(textOf("/a")).isEmpty();
    }

    @Test
    void aZnodeMadeAgainStartsAtVersionZeroWithAnotherCreation() {
        commit(new Write.Create("/a", bytes("")));
        commit(new Write.Update("/a", bytes("x"), 0));
        long created = Coordination.await(coordination.read("/a")).orElseThrow().createdZxid();

        commit(new Write.Delete("/a", 1));
        commit(new Write.Create("/a", bytes("")));

        Versioned<byte[]> again = Coordination.await(coordination.read("/a")).orElseThrow();
        assertThat(again.version()).isZero();
        assertThat(again.createdZxid()).isGreaterThan(created);
    }

    @Test
    void listsChildrenSorted() {
        commit(new Write.Create("/p", bytes("")));
        for (String name : List.of("c", "a", "b", "10", "9")) {
            commit(new Write.Create("/p/" + name, bytes("")));
        }

        assertThat(Coordination.await(coordination.children("/p"))).containsExactly("10", "9", "a", "b", "c");
    }

    @Test
    void commitsAllStepsInOrderAndAnswersTheirVersions() {
        commit(new Write.Create("/guard", bytes("")), new Write.Create("/old", bytes("")));

        List<Integer> versions = commit(
                new Write.Check("/guard", 0),
                new Write.Create("/new", bytes("")),
                new Write.Create("/new/child", bytes("x")),
                new Write.Update("/new/child", bytes("y"), 0),
                new Write.Delete("/old", 0));

        assertThat(versions).containsExactly(-1, 0, 0, 1, -1);
        assertThat(textOf("/new/child")).contains("y");
        assertThat(textOf("/old")).isEmpty();
    }

    @Test
    void appliesNothingIfOneStepFailsAndNamesTheFirstThatDid() {
        commit(new Write.Create("/guard", bytes("")), new Write.Create("/a", bytes("0")));
        Write guard = new Write.Check("/guard", 7);
        Write update = new Write.Update("/a", bytes("1"), 0);
        Write create = new Write.Create("/b", bytes(""));

        assertThat(conflict(update, create, guard).path()).contains("/guard");
        assertThat(conflict(guard, new Write.Update("/a", bytes("1"), 9)).path())
                .contains("/guard");
        assertThat(conflict(create, new Write.Create("/none/below", bytes(""))).path())
                .contains("/none/below");
        assertThat(textOf("/a")).contains("0");
        assertThat(textOf("/b")).isEmpty();
    }

    @Test
    void aCheckOfAMissingZnodeFails() {
        conflict(new Write.Check("/missing", 0));
    }

    @Test
    void aCommitOfNothingIsDone() {
        assertThat(commit(new Write[0])).isEmpty();
    }

    @Test
    void refusesIllegalPathsWithoutHarm() {
        for (String path : List.of("relative", "/a//b", "/a/", "/a/../b", "/nul\0")) {
            assertThat(failure(() -> commit(new Write.Create(path, bytes("")))).reason())
                    .as(path)
                    .isEqualTo(Reason.REFUSED);
            assertThat(failure(() -> Coordination.await(coordination.read(path)))
                            .reason())
                    .as(path)
                    .isEqualTo(Reason.REFUSED);
        }
        assertThat(textOf("/a")).isEmpty();
    }

    @Test
    void refusesACommitThatIsTooLargeAndTakesOneThatIsNot() {
        int fits = (int) (coordination.maxCommitBytes()
                - coordination.commitBytes(List.of(new Write.Create("/large", new byte[0]))));
        commit(new Write.Create("/large", new byte[fits]));

        CoordinationException failure = failure(() -> commit(new Write.Update("/large", new byte[fits + 1], 0)));

        assertThat(failure.reason()).isEqualTo(Reason.REFUSED);
        assertThat(failure).hasMessageContaining("jute.maxbuffer").hasMessageContaining("/large");
        assertThat(commit(new Write.Update("/large", bytes("small"), 0))).isEqualTo(1);
    }

    @Test
    void neverSaysThatACommitIsSmallerThanItIs() {
        commit(new Write.Create("/many", bytes("")));
        Write sample = new Write.Create("/many/00000", bytes("x"));
        long one = coordination.commitBytes(List.of(sample));
        long each = coordination.commitBytes(List.of(sample, sample)) - one;
        long count = 1 + (coordination.maxCommitBytes() - one) / each;

        List<Write> steps = LongStream.range(0, count)
                .<Write>mapToObj(i -> new Write.Create("/many/%05d".formatted(i), bytes("x")))
                .toList();

        assertThat(Coordination.await(coordination.commit(steps))).hasSize(steps.size());
        assertThat(Coordination.await(coordination.children("/many"))).hasSize(steps.size());
    }

    @Test
    void ensuresAPathWithItsAncestorsAndLeavesWhatExists() {
        commit(new Write.Create("/a", bytes("kept")));

        Coordination.await(coordination.ensurePath("/a/b/c"));
        Coordination.await(coordination.ensurePath("/a/b/c"));
        Coordination.await(coordination.ensurePath("/"));

        assertThat(textOf("/a")).contains("kept");
        assertThat(textOf("/a/b/c")).contains("");
    }

    @Test
    void ensuresOnePathFromSeveralSessionsAtOnce() {
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        for (int session = 0; session < 3; session++) {
            Coordination one = another();
            for (int i = 0; i < 20; i++) {
                calls.add(one.ensurePath("/x/y/z/" + i));
            }
        }

        calls.forEach(Coordination::await);

        assertThat(Coordination.await(coordination.children("/x/y/z"))).hasSize(20);
    }

    @Test
    void anEphemeralZnodeNamesItsSessionAndVanishesWithIt() {
        Coordination other = another();
        Coordination.await(other.commit(new Write.CreateEphemeral("/e", bytes("x"))));
        Versioned<byte[]> found = Coordination.await(coordination.read("/e")).orElseThrow();
        assertThat(found.ephemeralOwner()).isEqualTo(other.sessionId()).isNotZero();
        assertThat(other.sessionId()).isNotEqualTo(coordination.sessionId());

        other.close();

        await().untilAsserted(() -> assertThat(textOf("/e")).isEmpty());
    }

    @Test
    void anEphemeralZnodeHasNoChildren() {
        commit(new Write.CreateEphemeral("/e", bytes("")));

        assertThat(failure(() -> commit(new Write.Create("/e/child", bytes(""))))
                        .reason())
                .isEqualTo(Reason.REFUSED);
    }

    @Test
    void callsAreAppliedInTheOrderTheyWereMade() {
        List<CompletableFuture<?>> calls = new ArrayList<>();
        calls.add(coordination.commit(new Write.Create("/a", bytes("0"))));
        for (int i = 0; i < 100; i++) {
            calls.add(coordination.commit(new Write.Update("/a", bytes("" + (i + 1)), i)));
        }
        CompletableFuture<Optional<Versioned<byte[]>>> read = coordination.read("/a");

        calls.forEach(Coordination::await);

        assertThat(Coordination.await(read).orElseThrow().version()).isEqualTo(100);
    }

    @Test
    void concurrentUpdatesNeverLoseOne() {
        commit(new Write.Create("/counter", bytes("0")));
        List<Coordination> writers = List.of(another(), another(), another());

        List<Thread> threads = writers.stream()
                .map(writer -> new Thread(() -> incrementTimes(writer, 50)))
                .toList();
        threads.forEach(Thread::start);
        threads.forEach(CommitContract::join);

        assertThat(textOf("/counter")).contains("150");
    }

    private static void incrementTimes(Coordination writer, int times) {
        int done = 0;
        while (done < times) {
            Versioned<byte[]> found =
                    Coordination.await(writer.read("/counter")).orElseThrow();
            int next = Integer.parseInt(new String(found.value(), UTF_8)) + 1;
            try {
                Coordination.await(writer.commit(new Write.Update("/counter", bytes("" + next), found.version())));
                done++;
            } catch (CoordinationException e) {
                assertThat(e.reason()).isEqualTo(Reason.CONFLICT);
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void afterASyncOthersCommitsAreSeen() {
        Coordination other = another();
        for (int i = 0; i < 20; i++) {
            String path = "/s" + i;
            Coordination.await(other.commit(new Write.Create(path, bytes(""))));

            Coordination.await(coordination.sync());

            assertThat(textOf(path)).isPresent();
        }
    }

    @Test
    void randomCommitsLeaveWhatASimpleModelSays() {
        long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
        assertThat(RandomCommits.firstDifference(coordination, seed, 300))
                .as("-Dseed=%d", seed)
                .isEmpty();
    }
}
