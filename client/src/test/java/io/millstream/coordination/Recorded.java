package io.millstream.coordination;

import java.util.concurrent.ConcurrentLinkedQueue;

/** What a listener was told, in order. */
final class Recorded implements Coordination.SessionListener {
    final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();

    @Override
    public void suspended() {
        events.add("suspended");
    }

    @Override
    public void resumed() {
        events.add("resumed");
    }

    @Override
    public void expired() {
        events.add("expired");
    }
}
