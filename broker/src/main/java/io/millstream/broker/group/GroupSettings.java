package io.millstream.broker.group;

/**
 * What a broker's configuration says of group membership; times in ms.
 *
 * @param minSessionMillis shortest session time-out a member may ask for
 * @param maxSessionMillis longest session time-out a member may ask for
 * @param maxSize most members of one group
 * @param initialDelayMillis how long the first members of an empty group wait for more to come
 */
public record GroupSettings(int minSessionMillis, int maxSessionMillis, int maxSize, int initialDelayMillis) {}
