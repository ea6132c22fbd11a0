package io.millstream.hadoop.ingest.state;

/**
 * {@code /ingest/<job>/owner} and {@code /ingest/<job>/fence}: a driver.
 *
 * @param host where it runs
 * @param pid its process
 * @param run id of the run it began as; nobody else has it
 * @param since when, ISO-8601 in UTC
 */
public record Owner(String host, long pid, String run, String since) {

    @Override
    public String toString() {
        return "process " + pid + " on " + host + " (run " + run + ", since " + since + ")";
    }
}
