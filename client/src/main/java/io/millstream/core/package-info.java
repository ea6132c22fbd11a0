/**
 * The words everything else is written in (topic names, partitions, endpoints) and the doors to the world: time,
 * randomness, threads. Depends on nothing but the JDK.
 */
package io.millstream.core;
