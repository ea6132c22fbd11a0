import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads topic "events", from its beginning to its end and in parts, shows what it read, and writes it to topic "copies".
 * Arguments: the bootstrap server, a directory of its own, and a timestamp from which to read.
 */
final class Batch {

    private static final String[] SHOWN = {
        "partition", "offset", "CAST(key AS STRING)", "CAST(value AS STRING)",
        "unix_millis(timestamp)", "headers[0].key", "CAST(headers[0].value AS STRING)"
    };

    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", false)
                .config("spark.local.dir", arguments[1])
                .config("spark.sql.warehouse.dir", arguments[1])
                .getOrCreate();
        try {
            Dataset<Row> all = read(spark, arguments[0], Map.of());
            show("all", all);
            show("split", read(spark, arguments[0], Map.of("minPartitions", "6")));
            show("between", read(spark, arguments[0], Map.of(
                    "startingOffsets", "{\"events\":{\"0\":1,\"1\":-2}}",
                    "endingOffsets", "{\"events\":{\"0\":3,\"1\":-1}}")));
            show("since", read(spark, arguments[0], Map.of("startingTimestamp", arguments[2])));
            // How Spark before 3.4 finds offsets: by a consumer that belongs to a group.
            spark.conf().set("spark.sql.streaming.kafka.useDeprecatedOffsetFetching", true);
            show("grouped", read(spark, arguments[0], Map.of()));
            all.selectExpr("key", "value", "headers")
                    .write()
                    .format("kafka")
                    .option("kafka.bootstrap.servers", arguments[0])
                    .option("includeHeaders", true)
                    .option("topic", "copies")
                    .save();
        } finally {
            spark.stop();
        }
    }

    private static Dataset<Row> read(SparkSession spark, String bootstrap, Map<String, String> options) {
        return spark.read()
                .format("kafka")
                .option("kafka.bootstrap.servers", bootstrap)
                .option("subscribe", "events")
                .option("includeHeaders", true)
                .option("startingOffsets", "earliest")
                .option("endingOffsets", "latest")
                .options(options)
                .load();
    }

    private static void show(String name, Dataset<Row> rows) {
        List<Row> read = rows.selectExpr(SHOWN).collectAsList();
        read.stream().map(row -> name + " " + row.mkString(" ")).sorted().forEach(System.out::println);
    }
}
