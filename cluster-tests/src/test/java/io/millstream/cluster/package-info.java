/** Jobs on HDFS and YARN, whose tasks are processes of their own. One cluster of each kind for all tests. */
package io.millstream.cluster;
