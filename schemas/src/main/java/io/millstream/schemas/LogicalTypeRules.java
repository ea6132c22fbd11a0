package io.millstream.schemas;

import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;

/** What Avro's checker leaves out: that the same bytes mean the same. */
final class LogicalTypeRules {

    private LogicalTypeRules() {}

    /**
     * Whether values of {@code writer} can be taken for ones of {@code reader}; each null if there is none. One that was
     * added or left out says only more or less about the same values; a decimal may get more digits before the point.
     */
    static boolean sameMeaning(LogicalType reader, LogicalType writer) {
        if (reader == null || writer == null) {
            return true;
        }
        if (reader instanceof LogicalTypes.Decimal read && writer instanceof LogicalTypes.Decimal written) {
            return read.getScale() == written.getScale() && read.getPrecision() >= written.getPrecision();
        }
        return reader.getName().equals(writer.getName());
    }
}
