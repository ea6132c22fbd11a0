package io.millstream.broker.controller;

import io.millstream.broker.controller.Ballot.Member;
import io.millstream.coordination.PartitionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the state of one partition should become. Pure.
 *
 * @param state the next state
 * @param kind what it comes by
 */
record Election(PartitionState state, Kind kind) {

    /** How a state comes about. */
    enum Kind {
        /** The leader stays; members that are gone, or lost what they had, leave the ISR. */
        TIDIED,
        /** A member of the ISR takes over from a leader that serves still. */
        HANDED_OVER,
        /** A member of the ISR leads. */
        CLEAN,
        /** A replica that left the ISR below min.insync.replicas leads: it holds all that was acknowledged (KIP-966). */
        ELIGIBLE,
        /** Every replica that held all came back without the end of its log: one of them leads, nobody has more. */
        AFTER_LOSS,
        /** A replica that was not in sync leads, because the topic's settings prefer that to nobody. */
        UNCLEAN,
        /** Nobody can lead. */
        NOBODY
    }

    /**
     * The next state; empty if it is right as it stands.
     *
     * <p>A leader that registered anew begins a new term, behind the other members of the ISR. A leader that is about to stop, or
     * whose disk has failed, hands over to a member that stays, if there is one. Nobody leads while no member serves;
     * the ISR is kept then, so that the first member to come back leads again.
     */
    static Optional<Election> next(Ballot ballot) {
        int leader = ballot.state().leader();
        boolean led = ballot.isLed();
        if (led && ballot.stays(leader)) {
            return tidy(ballot);
        }
        Optional<Election> clean = clean(ballot, ballot::stays);
        if (clean.isPresent()) {
            return clean;
        }
        if (led && ballot.serves(leader)) { // until it has stopped it is better than nobody
            return tidy(ballot);
        }
        return clean(ballot, ballot::serves)
                .or(() -> eligible(ballot))
                .or(() -> afterLoss(ballot))
                .or(() -> unclean(ballot))
                .or(() -> waitsForDisks(ballot) ? Optional.empty() : nobody(ballot));
    }

    /** The preferred leader's term, if it can lead and another does. */
    static Optional<Election> preferred(Ballot ballot) {
        int preferred = ballot.replicas().get(0);
        if (preferred == ballot.state().leader()) {
            return Optional.empty();
        }
        return ballot.isr().stream()
                .filter(member -> member.broker() == preferred && ballot.stays(preferred) && ballot.isSound(member))
                .findFirst()
                .map(member -> inSync(ballot, preferred));
    }

    private static Optional<Election> clean(Ballot ballot, Predicate<Integer> willing) {
        int leader = ballot.state().leader();
        List<Integer> able = ballot.inOrder(ballot.isr(), ballot::isSound)
                .map(Member::broker)
                .filter(willing)
                .toList();
        return able.stream()
                .filter(broker -> broker != leader)
                .findFirst()
                .or(() -> able.stream().filter(broker -> !ballot.isLed()).findFirst())
                .map(broker -> inSync(ballot, broker));
    }

    private static Election inSync(Ballot ballot, int leader) {
        List<Member> kept = kept(ballot, leader);
        boolean served = ballot.isLed() && ballot.serves(ballot.state().leader());
        return new Election(term(ballot, leader, kept, spare(ballot, kept)), served ? Kind.HANDED_OVER : Kind.CLEAN);
    }

    private static Optional<Election> eligible(Ballot ballot) {
        return willing(
                        ballot,
                        ballot.inOrder(ballot.eligible(), ballot::isSound).map(Member::broker))
                .map(broker -> {
                    List<Member> alone = List.of(ballot.member(broker));
                    return new Election(term(ballot, broker, alone, spare(ballot, alone)), Kind.ELIGIBLE);
                });
    }

    /**
     * Only once all are back: one that is still away may have kept everything. One of whose disk it is not known yet if it
     * works is not back: leading alone it could not be replaced.
     */
    private static Optional<Election> afterLoss(Ballot ballot) {
        if (!allLost(ballot, ballot::isKnownToServe)) {
            return Optional.empty();
        }
        return willing(ballot, ballot.inOrder(ballot.isr(), member -> true).map(Member::broker))
                .map(broker -> alone(ballot, broker, Kind.AFTER_LOSS));
    }

    /** Whether all who held everything are back, and have lost the end of it. */
    private static boolean allLost(Ballot ballot, Predicate<Integer> back) {
        List<Member> all = new ArrayList<>(ballot.isr());
        all.addAll(ballot.eligible());
        return ballot.inOrder(all, member -> true)
                .allMatch(member -> back.test(member.broker()) && ballot.isVoid(member));
    }

    /** Whether it will be told in a moment who leads after a loss. */
    private static boolean waitsForDisks(Ballot ballot) {
        return allLost(ballot, ballot::serves) && !allLost(ballot, ballot::isKnownToServe);
    }

    private static Optional<Election> unclean(Ballot ballot) {
        if (!ballot.rules().get().unclean()) {
            return Optional.empty();
        }
        return willing(ballot, ballot.replicas().stream()).map(broker -> alone(ballot, broker, Kind.UNCLEAN));
    }

    /** The first that stays; if none does, the first that serves. */
    private static Optional<Integer> willing(Ballot ballot, Stream<Integer> candidates) {
        List<Integer> able = candidates.filter(ballot::serves).toList();
        return able.stream().filter(ballot::stays).findFirst().or(() -> able.stream()
                .findFirst());
    }

    private static Election alone(Ballot ballot, int leader, Kind kind) {
        List<Member> alone = List.of(ballot.member(leader));
        return new Election(term(ballot, leader, alone, List.of()), kind);
    }

    private static Optional<Election> nobody(Ballot ballot) {
        PartitionState now = ballot.state();
        if (now.leader() == PartitionState.NO_LEADER) {
            return Optional.empty();
        }
        PartitionState next = new PartitionState(
                PartitionState.NO_LEADER,
                now.leaderEpoch() + 1,
                PartitionState.NO_REGISTRATION,
                now.isr(),
                now.isrRegistrations(),
                now.eligible(),
                now.eligibleRegistrations());
        return Optional.of(new Election(next, Kind.NOBODY));
    }

    private static Optional<Election> tidy(Ballot ballot) {
        PartitionState now = ballot.state();
        if (ballot.isr().stream().allMatch(member -> ballot.isSound(member) && !ballot.isDraining(member.broker()))) {
            return Optional.empty();
        }
        List<Member> kept = kept(ballot, now.leader());
        if (brokers(kept).equals(now.isr())) {
            return Optional.empty();
        }
        PartitionState next = state(ballot, now.leader(), now.leaderEpoch(), kept, spare(ballot, kept));
        return Optional.of(new Election(next, Kind.TIDIED));
    }

    /** Who stays in the ISR under {@code leader}. A broker that is about to stop goes if enough others are there. */
    private static List<Member> kept(Ballot ballot, int leader) {
        List<Member> sound = ballot.isr().stream()
                .filter(member -> member.broker() == leader || ballot.isSound(member))
                .map(member -> member.broker() == leader ? ballot.member(leader) : member)
                .toList();
        List<Member> staying = sound.stream()
                .filter(member -> member.broker() == leader || !ballot.isDraining(member.broker()))
                .toList();
        if (staying.size() == sound.size()) {
            return sound;
        }
        return staying.size() >= ballot.minInSync() ? staying : sound;
    }

    /** Who may lead if the ISR of {@code kept} is lost: while that is too small nothing is committed without the others. */
    private static List<Member> spare(Ballot ballot, List<Member> kept) {
        if (kept.size() >= ballot.minInSync()) {
            return List.of();
        }
        List<Integer> inSync = brokers(kept);
        List<Member> spare = new ArrayList<>();
        Stream.concat(ballot.isr().stream(), ballot.eligible().stream())
                .filter(member -> !inSync.contains(member.broker()))
                .filter(member -> ballot.replicas().contains(member.broker()) && !ballot.isVoid(member))
                .filter(member -> !brokers(spare).contains(member.broker()))
                .forEach(spare::add);
        return spare;
    }

    private static PartitionState term(Ballot ballot, int leader, List<Member> isr, List<Member> eligible) {
        return state(ballot, leader, ballot.state().leaderEpoch() + 1, isr, eligible);
    }

    private static PartitionState state(Ballot ballot, int leader, int epoch, List<Member> isr, List<Member> eligible) {
        return new PartitionState(
                leader,
                epoch,
                ballot.registration(leader),
                brokers(isr),
                registrations(isr),
                brokers(eligible),
                registrations(eligible));
    }

    private static List<Integer> brokers(List<Member> members) {
        return members.stream().map(Member::broker).toList();
    }

    private static List<Long> registrations(List<Member> members) {
        return members.stream().map(Member::incarnation).toList();
    }
}
