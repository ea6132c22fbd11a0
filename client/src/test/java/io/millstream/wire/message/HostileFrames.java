package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Supplier;

/**
 * What holds for any frame from a peer that means harm, or has a bug: it is read as a message or refused with
 * {@link WireException}, in memory proportional to its length, and its buffer is left as it was.
 */
final class HostileFrames {

    /** The densest messages are structures of 3 bytes; an exception takes some KB whatever the frame's length. */
    private static final long BYTES_PER_BYTE = 40;

    private static final long BYTES_PER_MESSAGE = 64 * 1024;

    private HostileFrames() {}

    /** A valid frame with something in most lists, of less than 160 bytes. */
    static byte[] small(Message kind) throws ReflectiveOperationException {
        byte[] best = new byte[0];
        for (long seed = 0; seed < 20; seed++) {
            byte[] frame = Frames.write(kind, new RandomMessages(new RandomValues(seed)).next(kind));
            if (frame.length > best.length && frame.length < 160) {
                best = frame;
            }
        }
        return best;
    }

    /** Fails, naming {@code which}, unless what is said above holds. */
    static void readOrRefuse(Message kind, byte[] bytes, Supplier<String> which) {
        long allowed = BYTES_PER_BYTE * bytes.length + BYTES_PER_MESSAGE;
        if (allocatedBy(kind, bytes, which) > allowed) {
            // what is allocated once only, by loading classes, does not count
            long again = allocatedBy(kind, bytes, which);
            assertThat(again).as("%s, %s: bytes allocated", kind, which.get()).isLessThanOrEqualTo(allowed);
        }
    }

    private static long allocatedBy(Message kind, byte[] bytes, Supplier<String> which) {
        ByteBuf frame = Unpooled.wrappedBuffer(bytes);
        long allocated = Allocation.of(() -> {
            try {
                Frames.read(kind, frame);
            } catch (WireException e) {
                if (e.getMessage().isEmpty()) {
                    throw new AssertionError(kind + ", " + which.get() + ": refused without a word", e);
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError(kind + ", " + which.get(), e);
            }
        });
        if (frame.refCnt() != 1) { // plain, as above: it is asked millions of times
            throw new AssertionError(kind + ", " + which.get() + ": " + frame.refCnt() + " references are left");
        }
        return allocated;
    }
}
