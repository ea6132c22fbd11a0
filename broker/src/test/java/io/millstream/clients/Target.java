package io.millstream.clients;

/** The broker that a suite runs against, shared by all versions, and the version that runs. */
public record Target(String bootstrap, String version) {

    /** A topic name of this version's own. */
    public String topic(String name) {
        return name + "-" + version;
    }
}
