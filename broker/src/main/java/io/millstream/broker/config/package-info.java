/**
 * What can be set: one table for brokers and one for topics, under Kafka's names where the meaning is Kafka's. Parsing,
 * messages, the DescribeConfigs answer and the documentation all derive from the tables. Depends on {@code core} only.
 */
package io.millstream.broker.config;
