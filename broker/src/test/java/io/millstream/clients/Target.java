package io.millstream.clients;

/**
 * The broker that a suite runs against, and the version that runs.
 *
 * @param restart stops the broker and starts it again at the same address
 */
public record Target(String bootstrap, String version, Runnable restart) {

    /** A broker that goes on running. */
    Target(String bootstrap, String version) {
        this(bootstrap, version, () -> {
            throw new IllegalStateException("This broker is not to be restarted");
        });
    }

    /** A topic name of this version's own. */
    public String topic(String name) {
        return name + "-" + version;
    }
}
