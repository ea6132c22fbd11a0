import io.millstream.hadoop.input.OffsetCommitter;
import io.millstream.hadoop.input.TextTopicInputFormat;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * Clicks of each user, counted by Spark: reads what is new in topic {@code clicks}, whose values are {@code user url}, writes lines
 * {@code user, clicks}, and commits what it has read once they are written. Arguments: brokers, ZooKeeper, folder to write to.
 */
final class ClicksPerUser {

    public static void main(String[] arguments) throws Exception {
        Configuration conf = new Configuration();
        TopicInputFormat.setBootstrap(conf, arguments[0]);
        TopicInputFormat.setTopics(conf, "clicks");
        TopicInputFormat.setGroup(conf, "clicks-per-user", arguments[1]);
        conf.set("millstream.input.planned.offsets", arguments[2] + "-offsets.json");
        // Spark plans with a copy of the configuration, and perhaps again: what is read is decided here, once.
        Configuration resolved = TopicInputFormat.resolved(conf);
        SparkConf local = new SparkConf().setAppName("clicks per user").setIfMissing("spark.master", "local[2]");
        try (JavaSparkContext spark = new JavaSparkContext(local)) {
            LongAccumulator skipped = spark.sc().longAccumulator("clicks without a URL");
            JavaPairRDD<TopicRecord, Text> clicks =
                    spark.newAPIHadoopRDD(resolved, TextTopicInputFormat.class, TopicRecord.class, Text.class);
            clicks.filter(click -> isClick(click._2(), skipped))
                    .mapToPair(click -> new Tuple2<>(click._2().toString().split(" ", 2)[0], 1L)) // a copy: Text is used again
                    .reduceByKey(Long::sum)
                    .map(user -> user._1() + "\t" + user._2())
                    .saveAsTextFile(arguments[2]);
            System.out.println("clicks without a URL: " + skipped.value());
        }
        OffsetCommitter.commit(resolved, "clicks per user");
    }

    private static boolean isClick(Text click, LongAccumulator skipped) {
        boolean is = click != null && click.find(" ") > 0;
        if (!is) {
            skipped.add(1);
        }
        return is;
    }
}
