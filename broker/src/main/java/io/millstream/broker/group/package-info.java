/**
 * Consumer groups: who is a member, who reads what, and how far they have come. {@code Group} is a pure state machine:
 * requests and the time come in, replies go out. {@code Groups} spreads groups over shards, each on one loop and fenced by a
 * znode of its own; {@code OffsetStore} keeps committed offsets in ZooKeeper, where Hadoop jobs read and write them too.
 */
package io.millstream.broker.group;
