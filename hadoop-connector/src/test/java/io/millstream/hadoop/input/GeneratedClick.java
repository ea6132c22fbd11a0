package io.millstream.hadoop.input;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;

/** As Avro would generate it. */
public class GeneratedClick extends SpecificRecordBase {

    public static final Schema SCHEMA$ = new Schema.Parser()
            .parse("{\"type\":\"record\",\"name\":\"GeneratedClick\",\"namespace\":\"io.millstream.hadoop.input\","
                    + "\"fields\":[{\"name\":\"url\",\"type\":\"string\"},"
                    + "{\"name\":\"user\",\"type\":\"long\",\"default\":-1}]}");

    private static final long serialVersionUID = 1L;

    private CharSequence url;
    private long user;

    @Override
    public Schema getSchema() {
        return SCHEMA$;
    }

    @Override
    public Object get(int field) {
        return field == 0 ? url : (Object) user;
    }

    @Override
    public void put(int field, Object value) {
        if (field == 0) {
            url = (CharSequence) value;
        } else {
            user = (Long) value;
        }
    }
}
