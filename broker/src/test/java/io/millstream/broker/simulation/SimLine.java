package io.millstream.broker.simulation;

/** What the network between one client and ZooKeeper does. Guarded by the scheduler's monitor. */
public final class SimLine {

    /** What may happen to what is sent. */
    public enum Weather {
        FAIR,
        /** What the client sends does not arrive; it learns nothing of it. */
        REQUESTS_LOST,
        /** What servers send does not arrive. */
        ANSWERS_LOST,
        /** Neither gets through, and no connection can be made. */
        REFUSED
    }

    private Weather weather = Weather.FAIR;

    /** Changes what happens from now on. */
    public void weather(Weather next) {
        weather = next;
    }

    boolean requestsLost() {
        return weather == Weather.REQUESTS_LOST || weather == Weather.REFUSED;
    }

    boolean answersLost() {
        return weather == Weather.ANSWERS_LOST || weather == Weather.REFUSED;
    }

    boolean connects() {
        return weather == Weather.FAIR;
    }
}
