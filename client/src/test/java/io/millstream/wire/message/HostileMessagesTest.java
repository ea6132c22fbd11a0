package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frames from a peer that means harm, or has a bug. Each is read as a message or refused with {@link WireException}, in
 * memory proportional to its length, and leaves the frame's buffer as it was.
 *
 * <p>To replay a failure, set {@link #FIRST_SEED} to the seed it names.
 */
class HostileMessagesTest {

    private static final long FIRST_SEED = 0;
    private static final int MESSAGES = 40;
    private static final int MUTANTS_PER_MESSAGE = 50;

    /** The densest messages are structures of 3 bytes; an exception takes some KB whatever the frame's length. */
    private static final long BYTES_PER_BYTE = 40;

    private static final long BYTES_PER_MESSAGE = 64 * 1024;

    static Stream<Message> all() {
        return Message.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void mutantsAreReadOrRefused(Message kind) throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + MESSAGES; seed++) {
            byte[] valid = Frames.write(kind, new RandomMessages(new RandomValues(seed)).next(kind));
            Mutations mutations = new Mutations(seed);
            for (int i = 0; i < MUTANTS_PER_MESSAGE; i++) {
                readOrRefuse(kind, mutations.mutate(valid), "seed " + seed + ", mutant " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aBombAtAnyPlaceIsReadOrRefused(Message kind) throws Exception {
        byte[] valid = small(kind);
        for (int at = 0; at < valid.length; at++) {
            for (byte[] bomb : Mutations.BOMBS) {
                readOrRefuse(kind, Mutations.overwrite(valid, at, bomb), "bomb " + Arrays.toString(bomb) + " at " + at);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyPrefixIsRefused(Message kind) throws Exception {
        byte[] valid = small(kind);
        for (int length = 0; length < valid.length; length++) {
            ByteBuf prefix = Unpooled.wrappedBuffer(valid, 0, length);
            assertThatThrownBy(() -> Frames.read(kind, prefix)).isExactlyInstanceOf(WireException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void trailingBytesAreRefusedWithTheirApiAndPlace(Message kind) throws Exception {
        byte[] valid = small(kind);
        byte[] longer = Arrays.copyOf(valid, valid.length + 1);

        assertThatThrownBy(() -> Frames.read(kind, Unpooled.wrappedBuffer(longer)))
                .isExactlyInstanceOf(WireException.class)
                .hasMessageContaining(
                        kind.key() + " " + kind.direction().toString().toLowerCase(Locale.ROOT))
                .hasMessageContaining("version " + kind.version())
                .hasMessageContaining("1 bytes follow the end of the message, at byte " + valid.length);
    }

    /** A message with something in most lists, of less than 160 bytes. */
    private static byte[] small(Message kind) throws Exception {
        byte[] best = new byte[0];
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 20; seed++) {
            byte[] frame = Frames.write(kind, new RandomMessages(new RandomValues(seed)).next(kind));
            if (frame.length > best.length && frame.length < 160) {
                best = frame;
            }
        }
        return best;
    }

    private static void readOrRefuse(Message kind, byte[] bytes, String which) {
        long allowed = BYTES_PER_BYTE * bytes.length + BYTES_PER_MESSAGE;
        if (allocatedBy(kind, bytes, which) > allowed) {
            // what is allocated once only, by loading classes, does not count
            long again = allocatedBy(kind, bytes, which);
            assertThat(again).as("%s, %s: bytes allocated", kind, which).isLessThanOrEqualTo(allowed);
        }
    }

    private static long allocatedBy(Message kind, byte[] bytes, String which) {
        ByteBuf frame = Unpooled.wrappedBuffer(bytes);
        long allocated = Allocation.of(() -> {
            try {
                Frames.read(kind, frame);
            } catch (WireException e) {
                assertThat(e.getMessage()).isNotEmpty();
            } catch (RuntimeException | Error e) {
                throw new AssertionError(kind + ", " + which, e);
            }
        });
        assertThat(frame.refCnt()).isEqualTo(1);
        return allocated;
    }
}
