package io.millstream.broker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code registry-api.txt}, which says at its top how it is to be read. */
final class ApiTable {

    private static final Pattern NAME = Pattern.compile("\"?\\$(\\w+)\"?");
    private static final JsonMapper MAPPER = new JsonMapper();

    /**
     * One line.
     *
     * @param line its number
     * @param body empty if there is none
     * @param answer an error's code, or JSON, or "-"
     */
    record Row(int line, String method, String path, String body, int status, String answer) {

        @Override
        public String toString() {
            return "line " + line + ": " + method + " " + path;
        }
    }

    /** What happens in one registry. */
    record Story(String title, List<Row> rows) {}

    private final Map<String, String> schemas = new HashMap<>();
    private final List<Story> stories = new ArrayList<>();

    private ApiTable() {}

    static List<Story> read() {
        try (InputStream in = ApiTable.class.getResourceAsStream("registry-api.txt")) {
            ApiTable table = new ApiTable();
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            for (int i = 0; i < lines.size(); i++) {
                table.add(i + 1, lines.get(i).strip());
            }
            return table.stories;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(int number, String line) {
        if (line.startsWith("## ")) {
            stories.add(new Story(line.substring(3), new ArrayList<>()));
        } else if (line.startsWith("= ")) {
            String[] parts = line.split(" ", 3);
            schemas.put(parts[1], parts[2]);
        } else if (!line.isEmpty() && !line.startsWith("#")) {
            String[] parts = line.split(" {2,}", 5);
            String body = parts[2].equals("-") ? "" : withSchemas(parts[2]);
            Row row = new Row(
                    number, parts[0], parts[1], body, Integer.parseInt(parts[3]), withSchemas(parts[4].strip()));
            stories.get(stories.size() - 1).rows().add(row);
        }
    }

    /** In quotes a schema's name becomes a string that holds the schema, without them the schema. */
    private String withSchemas(String text) {
        return NAME.matcher(text).replaceAll(found -> {
            String schema = schemas.get(found.group(1));
            return Matcher.quoteReplacement(found.group().startsWith("\"") ? quoted(schema) : schema);
        });
    }

    private static String quoted(String text) {
        try {
            return MAPPER.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
