package io.millstream.hadoop.ingest;

/** Told how far a run is, for people to see. Safe for use by several threads. */
interface Progress extends AutoCloseable {

    /** Something worth knowing happened. */
    void say(String line);

    /**
     * The Hadoop job goes on.
     *
     * @param share of the work that is done, 0 to 1
     */
    void read(float share);

    /** So many files of a run are published. */
    void published(long files, long of);

    /** Nothing more comes. */
    @Override
    void close();
}
