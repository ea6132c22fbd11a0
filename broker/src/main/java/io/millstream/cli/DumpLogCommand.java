package io.millstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millstream.broker.log.DumpEntry;
import io.millstream.broker.log.LogFileDump;
import io.millstream.broker.log.StorageException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millstream broker dump-log}: what the files of a log hold. */
@Command(
        name = "dump-log",
        description = {
            "Prints what a file of a log holds: a segment (.log), an index, a producer snapshot, leader epochs or another of"
                    + " the broker's own; or all files of a partition's directory. Only reads: the broker may run, the end of"
                    + " what it is writing can look torn then.",
            "Exit code 1 if something is damaged; what, and at which byte, is among the output."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DumpLogCommand implements Callable<Integer> {

    /** How many lines go by before it is asked whether anybody still reads them. */
    private static final int LINES = 256;

    /** Not before it is needed: a broker's start makes this command too. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper();
    }

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "A file below a data directory, or a partition's directory.")
    private List<Path> files;

    @Option(names = "--records", description = "Print the records of each batch too.")
    private boolean records;

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    @Mixin
    private Verbosity verbosity;

    private Path current;
    private int lines;
    private int flaws;
    private String firstFlaw;

    /** Nobody reads what is printed any more, as after {@code | head}. */
    private static final class NobodyReads extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    @Override
    public Integer call() {
        verbosity.apply();
        LogFileDump.Detail detail = records ? LogFileDump.Detail.RECORDS : LogFileDump.Detail.BATCHES;
        LogFileDump dump = new LogFileDump(detail, this::print);
        try {
            for (Path file : files) {
                current = file;
                if (files.size() > 1) {
                    print(new DumpEntry("file", Map.of("path", file.toString())));
                }
                dump.dump(file);
            }
        } catch (NobodyReads e) {
            return CommandLine.ExitCode.OK;
        } catch (StorageException e) {
            spec.commandLine().getOut().flush();
            throw new FailureException(e.getMessage(), "Name a file or a partition's directory below log.dirs", e);
        }
        spec.commandLine().getOut().flush();
        if (flaws > 0) {
            String more = flaws > 1 ? "; " + (flaws - 1) + " more" : "";
            throw new FailureException(
                    firstFlaw + more,
                    "Of a file that a running broker writes to, look again; else see docs/operations.md");
        }
        return CommandLine.ExitCode.OK;
    }

    private void print(DumpEntry entry) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? json(entry) : text(entry));
        out.print('\n');
        if (entry.kind().equals("file")) {
            current = Path.of((String) entry.fields().get("path"));
        }
        if (entry.isDamage() && flaws++ == 0) {
            firstFlaw = current + " is damaged at byte " + entry.fields().get("position") + ": "
                    + entry.fields().get("what");
        }
        if (++lines % LINES == 0 && out.checkError()) {
            throw new NobodyReads();
        }
    }

    private static String json(DumpEntry entry) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kind", entry.kind());
        all.putAll(entry.fields());
        try {
            return Json.MAPPER.writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write " + all.keySet() + " as JSON", e);
        }
    }

    private static String text(DumpEntry entry) {
        String indent = entry.kind().equals("record") ? "| " : "";
        return indent + entry.kind() + " " + text(entry.fields());
    }

    private static String text(Map<?, ?> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + ": " + text(field.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String text(Object value) {
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(each -> "{" + text((Map<?, ?>) each) + "}")
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        return String.valueOf(value);
    }
}
