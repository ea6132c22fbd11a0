/**
 * Partitions as a broker plays its part in them: who leads, what is committed (the high watermark), and who waits for
 * that to move. Between the network server above and {@code broker.log} below; knows nothing of ZooKeeper.
 *
 * <p>Appends and changes of role exclude each other by one lock per partition. Readers use what was last published and
 * take no lock; whoever is to be told of a change is told after the lock has been released.
 */
package io.millstream.broker.replica;
