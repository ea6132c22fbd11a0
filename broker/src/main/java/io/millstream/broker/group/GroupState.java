package io.millstream.broker.group;

import java.util.Optional;

/**
 * Where a group stands. Each state offers the transitions that are legal from it, and no other. Times are in ms on the
 * monotonic clock.
 */
sealed interface GroupState {

    /** As Kafka calls it. */
    String label();

    /** The group is deleted, or another broker's from now on. */
    default Dead die() {
        return new Dead();
    }

    /** A state from which a rebalance may begin. */
    sealed interface Ready extends GroupState {
        /** Asks all members to join again, until {@code due} at the latest. */
        default PreparingRebalance rebalance(long due) {
            return new PreparingRebalance(due, due, 0, false);
        }
    }

    /**
     * Nobody is a member.
     *
     * @param since when the last one went, or the group was made
     */
    record Empty(long since) implements Ready {

        /**
         * The first members wait a little for others, and again while others keep coming, so that a service that starts
         * on many machines does not rebalance for each.
         *
         * @param delay how long each time
         * @param latest when it ends in any case
         */
        PreparingRebalance gather(long now, long delay, long latest) {
            return new PreparingRebalance(Math.min(now + delay, latest), latest, delay, false);
        }

        @Override
        public String label() {
            return "Empty";
        }
    }

    /**
     * Members join the next generation.
     *
     * @param due when those who have not joined are waited for no longer
     * @param latest up to when {@code due} can be put off
     * @param delay by how much; 0 if it ends as soon as all have joined
     * @param grown whether somebody came since {@code due} was set
     */
    record PreparingRebalance(long due, long latest, long delay, boolean grown) implements GroupState {

        boolean endsWhenAllJoined() {
            return delay == 0;
        }

        PreparingRebalance withNewcomer() {
            return new PreparingRebalance(due, latest, delay, true);
        }

        /** The same for a while longer, if somebody came meanwhile and there is time left. */
        Optional<PreparingRebalance> putOff(long now) {
            return grown && now < latest
                    ? Optional.of(new PreparingRebalance(Math.min(now + delay, latest), latest, delay, false))
                    : Optional.empty();
        }

        /** Nobody has joined, but there are members who still may: once more. */
        PreparingRebalance again(long nextDue) {
            return new PreparingRebalance(nextDue, nextDue, 0, false);
        }

        CompletingRebalance allJoined() {
            return new CompletingRebalance();
        }

        Empty nobodyLeft(long now) {
            return new Empty(now);
        }

        @Override
        public String label() {
            return "PreparingRebalance";
        }
    }

    /** Members know their generation and wait for the leader to share out the work. */
    record CompletingRebalance() implements Ready {

        Stable assigned() {
            return new Stable();
        }

        @Override
        public String label() {
            return "CompletingRebalance";
        }
    }

    /** Everybody has their share. */
    record Stable() implements Ready {

        @Override
        public String label() {
            return "Stable";
        }
    }

    /** Deleted, or no longer this broker's. */
    record Dead() implements GroupState {

        static final String LABEL = "Dead";

        @Override
        public String label() {
            return LABEL;
        }
    }
}
