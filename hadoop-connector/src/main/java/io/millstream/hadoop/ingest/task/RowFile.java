package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.document.StagedFile;
import io.millstream.hadoop.ingest.storage.TargetStorage;
import java.io.IOException;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;

/** One Parquet file being written. Not thread safe. */
final class RowFile {

    private final FileTarget target;
    private final String name;
    private final Spans spans = new Spans();
    private final ChecksummedFile file;
    private final ParquetWriter<IndexedRecord> rows;

    RowFile(FileTarget target, TargetStorage storage, ParquetFormat format, Path path) throws IOException {
        this.target = target;
        this.name = path.getName();
        this.file = new ChecksummedFile(storage, path);
        this.rows = format.open(file, target.topic(), target.schema(), spans);
    }

    void write(int partition, long offset, IndexedRecord row) throws IOException {
        rows.write(row);
        spans.note(partition, offset);
    }

    /** About the length that the file would have if it ended now. */
    long bytes() {
        return rows.getDataSize();
    }

    /** About how much of it is in memory. */
    long bufferedBytes() {
        return rows.getDataSize() - file.bytes();
    }

    /** Ends the file. */
    StagedFile finish() throws IOException {
        rows.close();
        return new StagedFile(
                name,
                target.kind(),
                target.topic(),
                target.folder(),
                file.bytes(),
                file.crc32c(),
                spans.rows(),
                spans.toList());
    }

    /** Lets go of the file without a footer, so that what is left of it cannot be read as a shorter file. */
    void abandon() throws IOException {
        file.abandon();
    }
}
