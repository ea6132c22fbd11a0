package io.millstream.broker.controller;

import io.millstream.coordination.ControllerTerm;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.CoordinationException.Reason;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A controller's term: the version of {@code /controller_epoch} that its election wrote. The next election raises it, and
 * from then on nothing guarded by this one is written.
 *
 * @param term who was elected, and for the how manyeth time
 * @param version to check in every multi
 */
record Tenure(ControllerTerm term, int version) {

    /** {@code steps}, to be applied only while the term lasts. */
    List<Write> guard(List<Write> steps) {
        List<Write> guarded = new ArrayList<>();
        guarded.add(new Write.Check(Paths.CONTROLLER_EPOCH, version));
        guarded.addAll(steps);
        return guarded;
    }

    /**
     * Tries to make {@code broker} the controller: the epoch is raised and the ephemeral created in one multi.
     *
     * @param deadSession a session whose {@code /controller} may be removed, because its process is known to be dead; 0
     *     for none
     * @return empty if another broker is, or is about to be, the controller
     */
    static CompletableFuture<Optional<Tenure>> elect(Coordination coordination, int broker, long deadSession) {
        return coordination
                .read(Paths.CONTROLLER_EPOCH)
                .thenCompose(epoch -> coordination.read(Paths.CONTROLLER).thenCompose(seated -> {
                    List<Write> steps = new ArrayList<>();
                    if (seated.isPresent()) {
                        if (seated.get().ephemeralOwner() == coordination.sessionId()) {
                            return whoWon(coordination, term(seated.get(), Paths.CONTROLLER));
                        }
                        if (deadSession == 0 || seated.get().ephemeralOwner() != deadSession) {
                            return CompletableFuture.completedFuture(Optional.empty());
                        }
                        steps.add(
                                new Write.Delete(Paths.CONTROLLER, seated.get().version()));
                    }
                    return elect(coordination, broker, epoch, steps);
                }));
    }

    private static CompletableFuture<Optional<Tenure>> elect(
            Coordination coordination, int broker, Optional<Versioned<byte[]>> current, List<Write> steps) {
        int epoch =
                current.map(raw -> term(raw, Paths.CONTROLLER_EPOCH).epoch()).orElse(0);
        ControllerTerm term = new ControllerTerm(broker, epoch + 1);
        byte[] document = Document.write(term);
        steps.add(
                0,
                current.<Write>map(raw -> new Write.Update(Paths.CONTROLLER_EPOCH, document, raw.version()))
                        .orElseGet(() -> new Write.Create(Paths.CONTROLLER_EPOCH, document)));
        steps.add(new Write.CreateEphemeral(Paths.CONTROLLER, document));
        return coordination
                .commit(steps)
                .<Optional<Tenure>>thenApply(versions -> Optional.of(new Tenure(term, versions.get(0))))
                .exceptionallyCompose(failure ->
                        isUncertain(failure) ? whoWon(coordination, term) : CompletableFuture.failedFuture(failure));
    }

    private static boolean isUncertain(Throwable failure) {
        Reason reason = reason(failure);
        return reason == Reason.CONFLICT || reason == Reason.UNKNOWN_OUTCOME;
    }

    /** A multi that answered "conflict" or nothing may be our own, applied at an earlier try: only reading tells. */
    private static CompletableFuture<Optional<Tenure>> whoWon(Coordination coordination, ControllerTerm proposed) {
        return coordination.sync().thenCompose(done -> coordination
                .read(Paths.CONTROLLER_EPOCH)
                .thenCombine(coordination.read(Paths.CONTROLLER), (epoch, seated) -> {
                    boolean ours = epoch.isPresent()
                            && seated.isPresent()
                            && seated.get().ephemeralOwner() == coordination.sessionId()
                            && term(epoch.get(), Paths.CONTROLLER_EPOCH).equals(proposed);
                    return ours ? Optional.of(new Tenure(proposed, epoch.get().version())) : Optional.empty();
                }));
    }

    private static ControllerTerm term(Versioned<byte[]> raw, String path) {
        return Document.read(raw.value(), ControllerTerm.class, path);
    }

    /** What a failed coordination call says of its outcome; {@link Reason#REFUSED} for any other failure. */
    static Reason reason(Throwable failure) {
        return CoordinationException.in(failure)
                .map(CoordinationException::reason)
                .orElse(Reason.REFUSED);
    }
}
