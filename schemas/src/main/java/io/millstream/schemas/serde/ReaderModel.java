package io.millstream.schemas.serde;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.DatumReader;
import org.apache.avro.reflect.ReflectData;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/** What a reader makes of values: by which schema, and of which classes, which it names itself. */
@FunctionalInterface
interface ReaderModel {

    /**
     * A reader of what was written with {@code writer}.
     *
     * @return empty if nothing is to be made of such
     * @throws IOException or an unchecked exception if it cannot be resolved
     */
    Optional<DatumReader<Object>> reader(Schema writer) throws IOException;

    /** @param schema to resolve to; null for the writer's */
    static ReaderModel generic(Schema schema, boolean logicalTypes) {
        GenericData data = GenericModel.of(logicalTypes);
        return writer -> Optional.of(GenericModel.reader(data, writer, schema == null ? writer : schema));
    }

    /** A class that Avro generated. */
    static <T extends SpecificRecord> ReaderModel generated(Class<T> type) {
        SpecificData model = SpecificData.getForClass(type);
        Schema schema = model.getSchema(type);
        SpecificData pinned = new PinnedClasses(type, schema, model);
        return writer -> Optional.of(new SpecificDatumReader<>(writer, schema, pinned));
    }

    /** Of several classes that Avro generated the one that has the writer's name, or once had it. */
    static ReaderModel oneOf(List<Class<? extends SpecificRecord>> types) {
        return writer -> {
            for (Class<? extends SpecificRecord> type : types) {
                Schema schema = SpecificData.getForClass(type).getSchema(type);
                if (schema.getFullName().equals(writer.getFullName())
                        || schema.getAliases().contains(writer.getFullName())) {
                    return generated(type).reader(writer);
                }
            }
            return Optional.empty();
        };
    }

    /** A plain class, by the schema that Avro derives from its fields. */
    static ReaderModel plain(Class<?> type, Reflection reflection) {
        ReflectData model = reflection.model();
        Schema schema = model.getSchema(type);
        PinnedReflection pinned = new PinnedReflection(type, schema, model);
        return writer -> Optional.of(new PlainReader(writer, schema, pinned));
    }
}
