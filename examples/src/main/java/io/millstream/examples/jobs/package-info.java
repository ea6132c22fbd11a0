/**
 * MapReduce jobs that read topics, and one that writes one: what an author of jobs starts from. Records that they can do nothing
 * with are skipped, and counted in the group "Skipped".
 */
package io.millstream.examples.jobs;
