package io.millstream.broker.config;

/** How a value is written, with the numbers DescribeConfigs gives these types (KIP-569). */
public enum SettingType {
    BOOLEAN(1),
    STRING(2),
    INT(3),
    LONG(5),
    LIST(7);

    private final byte id;

    SettingType(int id) {
        this.id = (byte) id;
    }

    /** The number on the wire. */
    public byte id() {
        return id;
    }
}
