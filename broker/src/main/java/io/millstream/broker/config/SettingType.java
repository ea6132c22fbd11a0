package io.millstream.broker.config;

/** How a value is written; the names are those of DescribeConfigs' types (KIP-569). */
public enum SettingType {
    BOOLEAN,
    STRING,
    INT,
    LONG,
    DOUBLE,
    LIST
}
