/**
 * What is asked of every version of Kafka's Java client. Compiled once, against the newest; each version runs its own copy of
 * these classes, linked against its own jars. So only calls that all versions have may be used here; a call that one lacks
 * fails there by name.
 */
package io.millstream.clients.suite;
