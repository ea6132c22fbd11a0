package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.document.IngestException;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;

/**
 * How rows become Parquet: the generic Avro model with logical types, three-level lists (the old ones cannot hold null), zstd
 * and row groups of 128 MiB, unless Parquet's own keys ({@code parquet.compression}, {@code parquet.block.size}, {@code
 * parquet.page.size}) say otherwise.
 */
public final class ParquetFormat {

    private static final String DEFAULT_CODEC = "ZSTD";

    private final Configuration conf;

    public ParquetFormat(Configuration base) {
        conf = new Configuration(base);
        conf.setBooleanIfUnset(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
    }

    /**
     * What {@code schema} is in Parquet.
     *
     * @param topic for messages
     * @throws IngestException if Parquet cannot hold it (not a record, recursive, an empty record)
     */
    public MessageType columns(String topic, Schema schema) {
        try {
            MessageType columns = new AvroSchemaConverter(conf).convert(schema);
            org.apache.parquet.schema.TypeUtil.checkValidWriteSchema(columns);
            return columns;
        } catch (RuntimeException e) {
            throw new IngestException(
                    "Topic " + topic + " cannot be written as Parquet with its schema " + schema.getFullName() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** Starts a file. */
    ParquetWriter<IndexedRecord> open(ChecksummedFile file, String topic, Schema schema, Spans spans)
            throws IOException {
        WriteSupport<IndexedRecord> rows = new AvroWriteSupport<>(columns(topic, schema), schema, new GenericData());
        return new Builder(file, new OffsetsWriteSupport(rows, topic, spans))
                .withConf(conf)
                .withWriteMode(ParquetFileWriter.Mode.CREATE)
                .withCompressionCodec(
                        CompressionCodecName.fromConf(conf.get(ParquetOutputFormat.COMPRESSION, DEFAULT_CODEC)))
                .withRowGroupSize(conf.getLong(ParquetOutputFormat.BLOCK_SIZE, ParquetWriter.DEFAULT_BLOCK_SIZE))
                .withPageSize(conf.getInt(ParquetOutputFormat.PAGE_SIZE, ParquetWriter.DEFAULT_PAGE_SIZE))
                .build();
    }

    private static final class Builder extends ParquetWriter.Builder<IndexedRecord, Builder> {

        private final WriteSupport<IndexedRecord> support;

        private Builder(OutputFile file, WriteSupport<IndexedRecord> support) {
            super(file);
            this.support = support;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // abstract still, so there is no way around it
        protected WriteSupport<IndexedRecord> getWriteSupport(Configuration ignored) {
            return support;
        }
    }
}
