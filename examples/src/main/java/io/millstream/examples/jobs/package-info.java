/** MapReduce jobs that read topics: what an author of jobs starts from. */
package io.millstream.examples.jobs;
