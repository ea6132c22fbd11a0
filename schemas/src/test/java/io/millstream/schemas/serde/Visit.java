package io.millstream.schemas.serde;

import java.time.Instant;
import org.apache.avro.Conversion;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;

/** As Avro generates it: a record with a logical type. */
public final class Visit extends SpecificRecordBase {

    private static final long serialVersionUID = 1L;

    public static final Schema SCHEMA$ = new Schema.Parser()
            .parse("{\"type\":\"record\",\"name\":\"Visit\",\"namespace\":\"io.millstream.schemas.serde\",\"fields\":["
                    + "{\"name\":\"page\",\"type\":{\"type\":\"string\",\"avro.java.string\":\"String\"}},"
                    + "{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}},"
                    + "{\"name\":\"seconds\",\"type\":\"int\",\"default\":-1}]}");

    private static final SpecificData MODEL$ = new SpecificData();

    static {
        MODEL$.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    }

    private String page;
    private Instant at;
    private int seconds;

    public Visit() {}

    Visit(String page, Instant at, int seconds) {
        this.page = page;
        this.at = at;
        this.seconds = seconds;
    }

    String page() {
        return page;
    }

    Instant at() {
        return at;
    }

    int seconds() {
        return seconds;
    }

    @Override
    public SpecificData getSpecificData() {
        return MODEL$;
    }

    @Override
    public Schema getSchema() {
        return SCHEMA$;
    }

    @Override
    public Conversion<?> getConversion(int field) {
        return field == 1 ? new TimeConversions.TimestampMillisConversion() : null;
    }

    @Override
    public Object get(int field) {
        return switch (field) {
            case 0 -> page;
            case 1 -> at;
            case 2 -> seconds;
            default -> throw new IndexOutOfBoundsException("No field " + field);
        };
    }

    @Override
    public void put(int field, Object value) {
        switch (field) {
            case 0 -> page = value.toString();
            case 1 -> at = (Instant) value;
            case 2 -> seconds = (Integer) value;
            default -> throw new IndexOutOfBoundsException("No field " + field);
        }
    }
}
