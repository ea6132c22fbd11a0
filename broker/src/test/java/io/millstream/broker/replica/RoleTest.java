package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ErrorCode;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RoleTest {

    private static final Role LEADER = new Role.Leader(5, new Isr(Set.of(1), 1));
    private static final Role FOLLOWER = new Role.Follower(5, 2);
    private static final Role OFFLINE = new Role.Offline(ErrorCode.KAFKA_STORAGE_ERROR);

    @Test
    void onlyALeaderIsNoReasonToRefuseWhatLeadersDo() {
        for (int epoch = Role.NO_EPOCH; epoch < 8; epoch++) {
            assertThat(FOLLOWER.refusal(epoch)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            assertThat(OFFLINE.refusal(epoch)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        }
        assertThat(LEADER.refusal(Role.NO_EPOCH)).isEqualTo(ErrorCode.NONE);
        assertThat(LEADER.refusal(5)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aClientOfAnotherTermIsRefused() {
        assertThat(LEADER.refusal(4)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(LEADER.refusal(6)).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        assertThat(FOLLOWER.readRefusal(5)).isEqualTo(ErrorCode.NONE);
        assertThat(FOLLOWER.readRefusal(4)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(OFFLINE.readRefusal(5)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    }
}
