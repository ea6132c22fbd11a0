package io.millstream.broker.group;

/** The answer to a request, not yet delivered. */
record Reply<T>(Ticket<T> ticket, T answer) {

    void deliver() {
        ticket.answer().complete(answer);
    }
}
