package io.millstream.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class FrameIntakeTest {

    private static final int LARGEST = 3_000_000;

    /** Collects frames, and from time to time wants no more. */
    private static final class Collector implements FrameIntake.Sink {

        private final Random random;
        private final List<ByteBuf> frames = new ArrayList<>();
        private FrameIntake intake;
        private boolean ready = true;
        private boolean granted;

        private Collector(Random random) {
            this.random = random;
        }

        @Override
        public void frame(ByteBuf frame) {
            frames.add(Unpooled.copiedBuffer(frame));
            ready = random.nextInt(4) > 0;
        }

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public void memoryGranted() {
            granted = true;
        }

        void goOn() {
            ready = true;
            if (granted) {
                granted = false;
                intake.granted();
            }
            intake.resume();
        }
    }

    private static FrameIntake intake(Collector collector, MemoryBudget budget) {
        collector.intake = new FrameIntake(collector, PooledByteBufAllocator.DEFAULT, LARGEST, budget.open());
        return collector.intake;
    }

    @Test
    void cutsTheSameFramesHoweverTheBytesArrive() {
        long seed = Long.getLong("millstream.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            // given
            List<ByteBuf> frames = new ArrayList<>();
            ByteBuf stream = Unpooled.buffer();
            for (int i = 0; i < 60; i++) {
                byte[] frame = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? LARGEST : 2_000)];
                random.nextBytes(frame);
                frames.add(Unpooled.wrappedBuffer(frame));
                stream.writeInt(frame.length).writeBytes(frame);
            }
            MemoryBudget budget = new MemoryBudget(10_000_000);
            Collector collector = new Collector(random);
            FrameIntake intake = intake(collector, budget);

            // when
            while (stream.isReadable()) {
                feed(intake, stream, random);
                while (!collector.ready || intake.stashed()) {
                    collector.goOn();
                }
            }

            // then
            assertThat(collector.frames).as("-Dmillstream.seed=" + seed).isEqualTo(frames);
            assertThat(budget.used()).isZero();
            intake.close();
        }
    }

    /** As a channel does it: into the frame that is incomplete, or else into any buffer. */
    private static void feed(FrameIntake intake, ByteBuf stream, Random random) {
        ByteBuf target = intake.target();
        int most = 1 + random.nextInt(random.nextInt(3) == 0 ? 70_000 : 300);
        if (target == null || random.nextInt(10) == 0) {
            int size = Math.min(most, stream.readableBytes());
            intake.receive(PooledByteBufAllocator.DEFAULT.directBuffer(size).writeBytes(stream, size));
        } else {
            int size = Math.min(target.writableBytes(), Math.min(most, stream.readableBytes()));
            intake.receive(target.retain().writeBytes(stream, size));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, Integer.MIN_VALUE, Integer.MAX_VALUE, LARGEST + 1})
    void refusesALengthBeforeAnythingIsAllocated(int length) {
        // given
        MemoryBudget budget = new MemoryBudget(1_000);
        FrameIntake intake = intake(new Collector(new Random(1)), budget);

        // when, then
        assertThatThrownBy(
                        () -> intake.receive(Unpooled.buffer().writeInt(length).writeByte(1)))
                .isInstanceOf(WireException.class)
                .hasMessageContaining(String.valueOf(length));
        assertThat(budget.used()).isZero();
        intake.close();
    }

    @Test
    void allocatesInProportionToWhatHasArrived() {
        // given
        MemoryBudget budget = new MemoryBudget(10_000_000);
        FrameIntake intake = intake(new Collector(new Random(1)), budget);

        // when
        intake.receive(Unpooled.buffer().writeInt(LARGEST).writeZero(10));

        // then
        assertThat(budget.used()).isEqualTo(4096);
        intake.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void waitsForMemoryAndGoesOnWhereItWas() {
        // given two connections and memory for one frame and a half
        MemoryBudget budget = new MemoryBudget(150_000);
        Collector first = new Collector(new Random(1));
        Collector second = new Collector(new Random(1));
        Collector third = new Collector(new Random(1));
        FrameIntake holder = intake(first, budget);
        FrameIntake exempt = intake(second, budget);
        FrameIntake waiting = intake(third, budget);
        holder.receive(Unpooled.buffer().writeInt(100_000).writeZero(50_000));
        exempt.receive(Unpooled.buffer().writeInt(100_000).writeZero(50_000));

        // when
        waiting.receive(Unpooled.buffer().writeInt(100_000).writeZero(50_000));
        assertThat(waiting.shortOfMemory()).isTrue();
        assertThat(waiting.target()).isNull();
        holder.receive(Unpooled.buffer().writeZero(50_000));
        exempt.receive(Unpooled.buffer().writeZero(50_000));
        third.goOn();
        waiting.receive(Unpooled.buffer().writeZero(50_000));

        // then
        assertThat(first.frames).hasSize(1);
        assertThat(second.frames).hasSize(1);
        assertThat(third.frames).hasSize(1);
        assertThat(budget.used()).isZero();
        List.of(holder, exempt, waiting).forEach(FrameIntake::close);
    }
}
