package io.millstream.hadoop.ingest.task;

import io.millstream.hadoop.ingest.document.OffsetSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Which records a file holds, noted while it is written. Not thread safe. */
final class Spans {

    private final TreeMap<Integer, Span> byPartition = new TreeMap<>();
    private Span last;
    private long rows;

    private static final class Span {
        private final int partition;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
        private long count;

        private Span(int partition) {
            this.partition = partition;
        }
    }

    void note(int partition, long offset) {
        if (last == null || last.partition != partition) {
            last = byPartition.computeIfAbsent(partition, Span::new);
        }
        last.first = Math.min(last.first, offset);
        last.last = Math.max(last.last, offset);
        last.count++;
        rows++;
    }

    long rows() {
        return rows;
    }

    List<OffsetSpan> toList() {
        List<OffsetSpan> spans = new ArrayList<>();
        for (Span span : byPartition.values()) {
            spans.add(new OffsetSpan(span.partition, span.first, span.last, span.count));
        }
        return spans;
    }

    /** As it stands in a file's footer: a JSON list of {@code [partition, first, last, count]}. */
    String footer() {
        StringBuilder json = new StringBuilder("[");
        for (OffsetSpan span : toList()) {
            json.append(json.length() > 1 ? "," : "")
                    .append(String.format(
                            Locale.ROOT, "[%d,%d,%d,%d]", span.partition(), span.first(), span.last(), span.count()));
        }
        return json.append(']').toString();
    }
}
