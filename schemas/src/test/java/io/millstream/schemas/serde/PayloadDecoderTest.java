package io.millstream.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.Decoder;
import org.junit.jupiter.api.Test;

final class PayloadDecoderTest {

    @FunctionalInterface
    private interface Reading extends DatumReader<Object> {
        Object from(Decoder in) throws IOException;

        @Override
        default void setSchema(Schema schema) {
            throw new IllegalStateException("The schema is fixed");
        }

        @Override
        default Object read(Object reuse, Decoder in) throws IOException {
            return from(in);
        }
    }

    /** As a conversion, or the constructor of a class, may do whose object is being made. */
    @Test
    void whileSomethingIsDecodedSomethingElseMayBe() throws IOException {
        Reading number = Decoder::readInt;
        Reading outer = in -> {
            List<Object> read = new ArrayList<>();
            read.add(in.readInt());
            read.add(PayloadDecoder.read(number, new byte[] {20}, 0));
            read.add(in.readInt());
            return read;
        };

        for (int i = 0; i < 2; i++) {
            assertThat(PayloadDecoder.read(outer, new byte[] {2, 4}, 0)).isEqualTo(List.of(1, 10, 2));
        }
    }

    @Test
    void aFailureLeavesNothingBehind() throws IOException {
        Reading two = in -> in.readInt() + in.readInt();

        for (int i = 0; i < 2; i++) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            () -> PayloadDecoder.read(two, new byte[] {2}, 0)))
                    .isInstanceOf(EOFException.class);
            assertThat(PayloadDecoder.read(two, new byte[] {0, 2, 4}, 1)).isEqualTo(3);
        }
    }
}
