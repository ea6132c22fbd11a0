package io.millstream.broker.group;

/**
 * What a broker's configuration says of committed offsets.
 *
 * @param shards over which the groups of a new cluster are spread
 * @param maxMetadataChars longest metadata of a commit
 * @param retentionMillis how long the offsets of a group without members are kept
 * @param checkMillis how often it is looked for such groups, and for offsets of topics that are gone
 */
public record OffsetSettings(int shards, int maxMetadataChars, long retentionMillis, long checkMillis) {}
