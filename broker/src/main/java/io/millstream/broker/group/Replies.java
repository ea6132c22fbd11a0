package io.millstream.broker.group;

import java.util.ArrayList;
import java.util.List;

/** The answers that one event leads to, collected in order. */
final class Replies {

    private final List<Reply<?>> all = new ArrayList<>();

    <T> void add(Ticket<T> ticket, T answer) {
        all.add(new Reply<>(ticket, answer));
    }

    List<Reply<?>> all() {
        return all;
    }
}
