/**
 * All that is kept in ZooKeeper: versioned reads, guarded multis, watches and the session behind one small interface,
 * and the typed paths and documents that live there. The one place that imports Curator and ZooKeeper.
 */
package io.millstream.coordination;
