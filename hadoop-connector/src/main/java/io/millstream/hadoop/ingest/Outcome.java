package io.millstream.hadoop.ingest;

import io.millstream.hadoop.ingest.document.Manifest;
import java.util.Optional;

/**
 * What a run did.
 *
 * @param finished a run of an earlier driver that was committed, and is published now
 * @param published this run; empty if there was nothing to do
 */
record Outcome(Optional<Manifest> finished, Optional<Manifest> published) {}
