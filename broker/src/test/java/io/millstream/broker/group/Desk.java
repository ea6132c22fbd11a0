package io.millstream.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** A group with a clock, and a desk where each ticket is answered exactly once. */
final class Desk {

    static final int SESSION_MILLIS = 10_000;
    static final int REBALANCE_MILLIS = 60_000;
    static final int DELAY_MILLIS = 3_000;
    static final GroupSettings SETTINGS = new GroupSettings(6_000, 30_000, 10, DELAY_MILLIS);

    final Group group;
    long now = 1_000;
    private final Set<Ticket<?>> waiting = Collections.newSetFromMap(new IdentityHashMap<>());
    private long ids;

    Desk(GroupSettings settings) {
        group = new Group("g", settings, now);
    }

    Desk() {
        this(SETTINGS);
    }

    /** Hands a new ticket to the group, and delivers what that leads to. */
    <T> Ticket<T> ask(Function<Ticket<T>, List<Reply<?>>> event) {
        Ticket<T> ticket = new Ticket<>();
        waiting.add(ticket);
        deliver(event.apply(ticket));
        return ticket;
    }

    private void deliver(List<Reply<?>> replies) {
        for (Reply<?> reply : replies) {
            assertThat(waiting.remove(reply.ticket())).as("a ticket that waits").isTrue();
            reply.deliver();
        }
    }

    int waiting() {
        return waiting.size();
    }

    Ticket<Joined> join(Join join) {
        return ask(ticket -> group.join(ticket, join, now));
    }

    /** Joins as a client does that is told to come back with an id. */
    Ticket<Joined> joinNew(String... topics) {
        Joined first = answer(join(joining("", null, topics)));
        assertThat(first.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        return join(joining(first.memberId(), null, topics));
    }

    Join joining(String memberId, String instanceId, String... topics) {
        return joining(memberId, instanceId, List.of(new Protocol("range", subscription(topics))));
    }

    Join joining(String memberId, String instanceId, List<Protocol> protocols) {
        return new Join(
                new Join.Client("client", "/10.0.0.1"),
                memberId,
                instanceId,
                SESSION_MILLIS,
                REBALANCE_MILLIS,
                "consumer",
                protocols,
                new Join.Abilities(true, true),
                new UUID(0, ids++));
    }

    /** What a Java consumer joins with that wants to read {@code topics}. */
    static byte[] subscription(String... topics) {
        ByteBuffer out = ByteBuffer.allocate(10_000).putShort((short) 1).putInt(topics.length);
        for (String topic : topics) {
            byte[] name = topic.getBytes(StandardCharsets.UTF_8);
            out.putShort((short) name.length).put(name);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    Ticket<Synced> sync(Joined joined, Map<String, byte[]> assignments) {
        Sync sync = new Sync(caller(joined), "consumer", joined.protocol(), assignments);
        return ask(ticket -> group.sync(ticket, sync, now));
    }

    ErrorCode heartbeat(Joined joined) {
        return group.heartbeat(caller(joined), now);
    }

    Left leave(Leaving... leaving) {
        return answer(ask((Ticket<Left> ticket) -> group.leave(ticket, List.of(leaving), now)));
    }

    static Caller caller(Joined joined) {
        return new Caller(joined.memberId(), null, joined.generation());
    }

    /** Lets time pass; the group is told whenever it wanted to be. */
    void pass(long millis) {
        long end = now + millis;
        while (group.nextDeadline() <= end) {
            now = Math.max(now, group.nextDeadline());
            deliver(group.tick(now));
        }
        now = end;
        deliver(group.tick(now));
    }

    static boolean waits(Ticket<?> ticket) {
        return !ticket.answer().isDone();
    }

    static <T> T answer(Ticket<T> ticket) {
        assertThat(ticket.answer()).as("an answer").isDone();
        return ticket.answer().join();
    }

    /** A stable generation of {@code size} members that read {@code topic}; the first is the leader. */
    List<Joined> stable(int size, String topic) {
        List<Ticket<Joined>> tickets = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            tickets.add(joinNew(topic));
        }
        pass(2L * DELAY_MILLIS);
        return settle(tickets);
    }

    /** Everybody syncs; member {@code i} is assigned the byte {@code i}. */
    List<Joined> settle(List<Ticket<Joined>> tickets) {
        List<Joined> joined = tickets.stream().map(Desk::answer).toList();
        Map<String, byte[]> shares = new HashMap<>();
        for (int i = 0; i < joined.size(); i++) {
            assertThat(joined.get(i).error()).isEqualTo(ErrorCode.NONE);
            shares.put(joined.get(i).memberId(), new byte[] {(byte) i});
        }
        for (Joined member : joined) {
            boolean leads = member.leader().equals(member.memberId());
            sync(member, leads ? shares : Map.of());
        }
        assertThat(group.state()).isEqualTo("Stable");
        return joined;
    }
}
