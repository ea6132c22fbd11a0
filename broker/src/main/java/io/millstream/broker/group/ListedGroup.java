package io.millstream.broker.group;

/**
 * A group in a list.
 *
 * @param id its name
 * @param protocolType empty if it has had no members since this broker has it
 * @param state Kafka's name of it
 */
public record ListedGroup(String id, String protocolType, String state) {}
