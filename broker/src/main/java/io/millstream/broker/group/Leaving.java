package io.millstream.broker.group;

/**
 * One of those who leave.
 *
 * @param memberId empty if only the instance is known, as when an administrator removes a static member
 * @param instanceId of a static member; null for none
 */
public record Leaving(String memberId, String instanceId) {}
