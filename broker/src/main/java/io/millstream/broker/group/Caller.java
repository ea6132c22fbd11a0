package io.millstream.broker.group;

/**
 * Who says to be in which generation.
 *
 * @param memberId empty for none
 * @param instanceId of a static member; null for none
 * @param generation {@link GroupId#NO_GENERATION} for none
 */
public record Caller(String memberId, String instanceId, int generation) {}
