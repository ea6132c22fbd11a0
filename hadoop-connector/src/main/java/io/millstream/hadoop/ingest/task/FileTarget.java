package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.document.FileKind;
import org.apache.avro.Schema;

/**
 * What a file is for.
 *
 * @param kind decoded or quarantined
 * @param topic the topic's name
 * @param folder where it will be published, relative to the target
 * @param schema of its rows
 */
record FileTarget(FileKind kind, String topic, String folder, Schema schema) {}
