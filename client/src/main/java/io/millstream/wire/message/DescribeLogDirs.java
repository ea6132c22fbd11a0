package io.millstream.wire.message;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.Writer;
import java.util.List;

/**
 * Key 35: a broker's data directories and the logs in them (KIP-113). Versions 1 to 4, flexible from 2. v3 adds an error for
 * all, v4 the size of the file system (KIP-827).
 */
public final class DescribeLogDirs {

    /** Bytes that are not known. */
    public static final long UNKNOWN = -1;

    private DescribeLogDirs() {}

    /** @param topics partitions to describe; null for all */
    public record Request(List<ByTopic<Integer>> topics) implements RequestBody {

        public static Request read(Reader in) {
            return new Request(in.nullableStructs(Request::readTopic));
        }

        private static ByTopic<Integer> readTopic(Reader in) {
            return new ByTopic<>(in.string(), in.values(Reader::int32));
        }

        private static void writeTopic(Writer out, ByTopic<Integer> topic) {
            out.string(topic.topic());
            out.values(topic.partitions(), Writer::int32);
        }

        @Override
        public ApiKey api() {
            return ApiKey.DESCRIBE_LOG_DIRS;
        }

        @Override
        public void write(Writer out) {
            out.nullableStructs(topics, Request::writeTopic);
        }
    }

    /**
     * A partition's log.
     *
     * @param bytes of its segments
     * @param offsetLag how far it is behind: for a future replica the current one, otherwise the high watermark
     * @param future whether it is being made here to take the place of one in another directory
     */
    public record Replica(int partition, long bytes, long offsetLag, boolean future) {

        static Replica read(Reader in) {
            return new Replica(in.int32(), in.int64(), in.int64(), in.bool());
        }

        static void write(Writer out, Replica replica) {
            out.int32(replica.partition);
            out.int64(replica.bytes);
            out.int64(replica.offsetLag);
            out.bool(replica.future);
        }
    }

    /**
     * A data directory.
     *
     * @param error {@link ErrorCode#KAFKA_STORAGE_ERROR} if it is offline
     * @param path absolute
     * @param totalBytes of the file system, or {@link #UNKNOWN}, as before v4
     * @param usableBytes of the file system that can still be written, or {@link #UNKNOWN}, as before v4
     */
    public record Directory(
            ErrorCode error, String path, List<ByTopic<Replica>> topics, long totalBytes, long usableBytes) {

        static Directory read(Reader in) {
            ErrorCode error = ErrorCode.read(in);
            String path = in.string();
            List<ByTopic<Replica>> topics = in.structs(ByTopic.reader(Replica::read));
            long totalBytes = in.since(4) ? in.int64() : UNKNOWN;
            return new Directory(error, path, topics, totalBytes, in.since(4) ? in.int64() : UNKNOWN);
        }

        static void write(Writer out, Directory directory) {
            directory.error.write(out);
            out.string(directory.path);
            out.structs(directory.topics, ByTopic.writer(Replica::write));
            if (out.since(4)) {
                out.int64(directory.totalBytes);
                out.int64(directory.usableBytes);
            }
        }
    }

    /** @param error {@link ErrorCode#NONE} before v3 */
    public record Response(int throttleMillis, ErrorCode error, List<Directory> directories) implements ResponseBody {

        public static Response read(Reader in) {
            int throttleMillis = in.int32();
            ErrorCode error = in.since(3) ? ErrorCode.read(in) : ErrorCode.NONE;
            return new Response(throttleMillis, error, in.structs(Directory::read));
        }

        @Override
        public void write(Writer out) {
            out.int32(throttleMillis);
            if (out.since(3)) {
                error.write(out);
            }
            out.structs(directories, Directory::write);
        }
    }
}
