package io.millstream.record;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import org.xerial.snappy.SnappyOutputStream;

/**
 * The codecs as streams, in the framings that Kafka's clients write and read: gzip; snappy in snappy-java's chunks; the
 * LZ4 frame format (independent blocks of 64 KiB, one frame); zstd.
 *
 * <p>Reading bounds no output: {@link RecordInput} does, byte by byte as it comes.
 */
final class Compression {

    private static final int GZIP_BUFFER = 8 * 1024;

    private Compression() {}

    /** @param in compressed bytes, read from their reader index on; not released here */
    static InputStream decompress(Codec codec, ByteBuf in) throws IOException {
        InputStream bytes = new ByteBufInputStream(in);
        return switch (codec) {
            case NONE -> bytes;
            case GZIP -> new GZIPInputStream(bytes, GZIP_BUFFER);
            case SNAPPY -> new SnappyInput(in);
            case LZ4 -> new Lz4Input(in);
            case ZSTD -> new ZstdInputStreamNoFinalizer(bytes, RecyclingBufferPool.INSTANCE);
        };
    }

    /** @param out where compressed bytes are appended; closing the stream ends them, and leaves {@code out} alone */
    static OutputStream compress(Codec codec, ByteBuf out) throws IOException {
        OutputStream bytes = new ByteBufOutputStream(out);
        return switch (codec) {
            case NONE -> bytes;
            case GZIP -> new GZIPOutputStream(bytes, GZIP_BUFFER);
            case SNAPPY -> new SnappyOutputStream(bytes);
            case LZ4 -> new LZ4FrameOutputStream(bytes, BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(bytes, RecyclingBufferPool.INSTANCE);
        };
    }
}
