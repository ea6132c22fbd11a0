package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.record.Header;
import io.millstream.record.Record;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.io.DataInputBuffer;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.io.Writable;
import org.junit.jupiter.api.Test;

class WritablesTest {

    @Test
    void a_split_travels_whole() throws IOException {
        TopicSplit split = new TopicSplit(
                List.of(range("clicks", 3, 5, Long.MAX_VALUE), range("a.b_c-d", 0, 0, 1)),
                1L << 40,
                List.of("h1", "h2"),
                Map.of(new TopicName("clicks"), new UUID(-1, 7)));

        TopicSplit read = travel(split, new TopicSplit());

        assertThat(read.ranges()).isEqualTo(split.ranges());
        assertThat(read.getLength()).isEqualTo(1L << 40);
        assertThat(read.getLocations()).containsExactly("h1", "h2");
        assertThat(read.topicIds()).isEqualTo(Map.of(new TopicName("clicks"), new UUID(-1, 7)));
    }

    @Test
    void a_split_of_another_format_is_refused() {
        DataInputBuffer in = new DataInputBuffer();
        in.reset(new byte[] {9, 0, 0}, 3);

        assertThatThrownBy(() -> new TopicSplit().readFields(in))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 9");
    }

    @Test
    void a_record_travels_whole() throws IOException {
        List<Header> headers = List.of(new Header("schlüssel", new byte[] {1}), new Header("none", null));
        Record full = new Record(7, 1234, new byte[] {1, 2}, new byte[] {3}, headers);
        Record bare = new Record(Long.MAX_VALUE, -1, null, null, List.of());

        for (Record each : List.of(full, bare)) {
            TopicRecord read = travel(new TopicRecord(new TopicPartition("clicks", 2), each), new TopicRecord());

            assertThat(read.topic()).isEqualTo("clicks");
            assertThat(read.partition()).isEqualTo(2);
            assertThat(new Record(read.offset(), read.timestamp(), read.key(), read.value(), read.headers()))
                    .isEqualTo(each);
        }
    }

    @Test
    void a_range_reads_what_it_writes_and_quotes_what_it_cannot() {
        OffsetRange range = range("a.b_c-d", 12, 3, 9_000_000_000L);

        assertThat(OffsetRange.parse(range.encoded())).isEqualTo(range);
        assertThat(OffsetRange.parseAll(" a:0:1:2,\nb:1:3:4 ,"))
                .containsExactly(range("a", 0, 1, 2), range("b", 1, 3, 4));
        for (String wrong :
                List.of("a:0:1", "a:0:1:2:3", "a:x:1:2", "a:0:2:1", "a:0:-1:1", "a:-1:0:1", "a/b:0:0:1", "")) {
            assertThatThrownBy(() -> OffsetRange.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + wrong + "'");
        }
    }

    private static OffsetRange range(String topic, int partition, long from, long to) {
        return new OffsetRange(new TopicPartition(topic, partition), from, to);
    }

    private static <W extends Writable> W travel(Writable from, W to) throws IOException {
        DataOutputBuffer out = new DataOutputBuffer();
        from.write(out);
        DataInputBuffer in = new DataInputBuffer();
        in.reset(out.getData(), out.getLength());
        to.readFields(in);
        assertThat(in.available()).isZero();
        return to;
    }
}
