package io.millstream.hadoop.input;

import java.io.IOException;

/**
 * Runs Kafka as long as the process that started it lives: at the end of standard input it halts. On a class path with Kafka,
 * which these tests are not compiled with.
 */
final class KafkaMain {

    private KafkaMain() {}

    /** @param args those of Kafka's own program */
    public static void main(String[] args) throws ReflectiveOperationException {
        Thread watch = new Thread(KafkaMain::haltWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        Class.forName("kafka.Kafka").getMethod("main", String[].class).invoke(null, (Object) args);
    }

    private static void haltWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nobody sends anything; what counts is the end.
            }
        } catch (IOException e) {
            System.err.println("Standard input is gone: " + e);
        }
        Runtime.getRuntime().halt(1);
    }
}
