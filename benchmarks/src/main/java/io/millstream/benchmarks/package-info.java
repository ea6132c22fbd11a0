/** JMH benchmarks of the hot paths, and end-to-end measurements with stock clients. How to run them: README.md here. */
package io.millstream.benchmarks;
