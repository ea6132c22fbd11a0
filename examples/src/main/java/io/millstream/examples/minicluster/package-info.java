/** HDFS and YARN on this machine, for the demo and for tests: Hadoop's mini clusters in a process of their own. */
package io.millstream.examples.minicluster;
