package io.millstream.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millstream.core.TopicPartition;
import io.millstream.record.Header;
import io.millstream.record.Record;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Records as {@code consume} prints them. Not for use by several threads. */
final class RecordText {

    private static final class Json {
        static final JsonFactory FACTORY = new JsonFactory();
    }

    private final ValueDecoder values;

    RecordText(ValueDecoder values) {
        this.values = values;
    }

    /**
     * By a format: {@code %t} topic, {@code %p} partition, {@code %o} offset, {@code %T} timestamp, {@code %k} key, {@code %s}
     * value, {@code %h} headers, {@code %%} a percent sign, {@code \n}, {@code \t}, {@code \\}. Values and keys as they are, byte by
     * byte, or as JSON if they are Avro.
     */
    byte[] formatted(String format, TopicPartition from, Record record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            boolean escape = (c == '%' || c == '\\') && i + 1 < format.length();
            if (escape) {
                out.writeBytes(c == '%' ? field(format.charAt(++i), from, record) : escaped(format.charAt(++i)));
            } else {
                int end = Character.isHighSurrogate(c) ? i + 2 : i + 1;
                out.writeBytes(utf8(format.substring(i, Math.min(end, format.length()))));
                i = end - 1;
            }
        }
        return out.toByteArray();
    }

    private byte[] field(char name, TopicPartition from, Record record) {
        return switch (name) {
            case 't' -> utf8(from.topic().value());
            case 'p' -> utf8(Integer.toString(from.partition()));
            case 'o' -> utf8(Long.toString(record.offset()));
            case 'T' -> utf8(Long.toString(record.timestamp()));
            case 'k' -> values.key(from, record).map(RecordText::utf8).orElse(orEmpty(record.key()));
            case 's' -> values.value(from, record).map(RecordText::utf8).orElse(orEmpty(record.value()));
            case 'h' -> headers(record);
            default -> utf8(name == '%' ? "%" : "%" + name);
        };
    }

    private static byte[] escaped(char name) {
        return switch (name) {
            case 'n' -> utf8("\n");
            case 't' -> utf8("\t");
            default -> utf8(name == '\\' ? "\\" : "\\" + name);
        };
    }

    private static byte[] headers(Record record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Header header : record.headers()) {
            if (out.size() > 0) {
                out.write(',');
            }
            out.writeBytes(utf8(header.key() + "="));
            out.writeBytes(orEmpty(header.value()));
        }
        return out.toByteArray();
    }

    /** One JSON object on one line, with all that there is to know of the record. */
    byte[] json(TopicPartition from, Record record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("topic", from.topic().value());
            json.writeNumberField("partition", from.partition());
            json.writeNumberField("offset", record.offset());
            json.writeNumberField("timestamp", record.timestamp());
            json.writeArrayFieldStart("headers");
            for (Header header : record.headers()) {
                json.writeStartObject();
                json.writeStringField("key", header.key());
                part(json, "value", Optional.empty(), header.value());
                json.writeEndObject();
            }
            json.writeEndArray();
            part(json, "key", values.key(from, record), record.key());
            part(json, "value", values.value(from, record), record.value());
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e); // bytes in memory have no such trouble
        }
        return out.toByteArray();
    }

    /** Avro as JSON, text as text, and other bytes under a name that says how they are written. */
    private static void part(JsonGenerator json, String name, Optional<String> avro, byte[] bytes) throws IOException {
        if (avro.isPresent()) {
            json.writeFieldName(name);
            json.writeRawValue(avro.get());
        } else if (bytes == null) {
            json.writeNullField(name);
        } else {
            Optional<String> text = text(bytes);
            if (text.isPresent()) {
                json.writeStringField(name, text.get());
            } else {
                json.writeBinaryField(name + "_base64", bytes);
            }
        }
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static byte[] orEmpty(byte[] bytes) {
        return bytes == null ? new byte[0] : bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
