package io.millstream.examples.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Makes click events, the same ones for the same seed. Not for use by several threads. */
final class Clicks {

    private static final String[] COUNTRIES = {"AT", "BR", "CH", "DE", "FR", "IN", "JP", "NG", "US"};
    private static final String[] PAGES = {"/", "/search", "/cart", "/checkout", "/product/", "/help"};
    private static final int USERS = 50_000;
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    private final Schema schema;
    private final Schema device;
    private final List<String> devices;
    private final Random random;
    private long made;

    Clicks(Schema schema, long seed) {
        this.schema = schema;
        this.device = schema.getField("device").schema();
        this.devices = device.getEnumSymbols();
        this.random = new Random(seed);
    }

    /** A click at some moment of the hour that starts at {@code hour}; its event id is unique. */
    GenericRecord next(Instant hour) {
        long timestamp = hour.toEpochMilli() + random.nextInt((int) HOUR_MILLIS);
        GenericRecord click = new GenericData.Record(schema);
        click.put("event_id", String.format("click-%08d", made++));
        click.put("user_id", (long) random.nextInt(USERS));
        click.put("url", "https://shop.example" + PAGES[random.nextInt(PAGES.length)] + random.nextInt(1000));
        click.put("referrer", random.nextInt(3) == 0 ? null : "https://search.example/?q=" + random.nextInt(10_000));
        click.put("country", COUNTRIES[random.nextInt(COUNTRIES.length)]);
        click.put("ts", timestamp);
        click.put("device", new GenericData.EnumSymbol(device, devices.get(random.nextInt(devices.size()))));
        click.put("duration_ms", 20 + random.nextInt(900));
        return click;
    }
}
