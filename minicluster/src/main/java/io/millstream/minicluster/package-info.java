/**
 * Hadoop's mini clusters, of HDFS and of YARN, as a program of its own: what they bring of Avro, Netty, ZooKeeper and others
 * does not fit beside Millstream's on one class path. It depends on nothing but Hadoop.
 */
package io.millstream.minicluster;
