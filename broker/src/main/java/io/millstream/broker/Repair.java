package io.millstream.broker;

import io.millstream.broker.controller.Trust;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicPartition;
import java.util.Map;

/** What is to become of a replica whose log is damaged. Decides and does nothing else. */
enum Repair {
    /** No other replica is known to have all that is committed: this one stays as it is. */
    KEEP,
    /** Another replica in sync can lead: this one counts as dead until it does. */
    STAND_ASIDE,
    /** Another replica leads, and so has all that is committed: this one is begun anew. */
    GIVE_UP;

    /** @param brokers those that are registered */
    static Repair of(
            int broker, TopicPartition id, PartitionState state, Map<Integer, Versioned<BrokerRegistration>> brokers) {
        if (state.leader() != broker && isLed(id, state, brokers.get(state.leader()))) {
            return GIVE_UP;
        }
        for (int i = 0; i < state.isr().size(); i++) {
            Versioned<BrokerRegistration> member = brokers.get(state.isr().get(i));
            if (state.isr().get(i) != broker
                    && member != null
                    && !member.value().isOffline(id)
                    && Trust.stands(id, state.isrRegistrations().get(i), member)) {
                return STAND_ASIDE;
            }
        }
        return KEEP;
    }

    private static boolean isLed(TopicPartition id, PartitionState state, Versioned<BrokerRegistration> leader) {
        return leader != null
                && leader.createdZxid() == state.leaderRegistration()
                && !leader.value().isOffline(id)
                && Trust.mayLead(state, leader.value().renewed(id));
    }
}
