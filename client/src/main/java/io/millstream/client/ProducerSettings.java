package io.millstream.client;

import io.millstream.record.Codec;
import java.time.Duration;

/**
 * How a producer batches and how long it tries.
 *
 * @param codec of the batches
 * @param batchBytes records of one partition are sent together up to this size, before compression. A record that is
 *     larger goes alone
 * @param maxRecordBytes larger records are refused; keep it below the brokers' {@code max.message.bytes}
 * @param bufferBytes what records that are not acknowledged may take; a send waits while it is full
 * @param linger how long a batch that is not full waits for more records
 * @param deliveryTimeout from the send to acknowledgement or failure
 */
public record ProducerSettings(
        Codec codec, int batchBytes, int maxRecordBytes, long bufferBytes, Duration linger, Duration deliveryTimeout) {

    private static final int BATCH_BYTES = 64 * 1024;
    private static final int MAX_RECORD_BYTES = 1_000_000;
    private static final long BUFFER_BYTES = 32L * 1024 * 1024;
    private static final Duration LINGER = Duration.ofMillis(5);
    private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(2);

    /** @throws IllegalArgumentException if a size is not positive, or the buffer smaller than a record may be */
    public ProducerSettings {
        if (batchBytes <= 0 || maxRecordBytes <= 0 || bufferBytes < maxRecordBytes) {
            throw new IllegalArgumentException("A producer with batches of " + batchBytes + " bytes, records up to "
                    + maxRecordBytes + " and a buffer of " + bufferBytes);
        }
    }

    /** Uncompressed batches of 64 KiB that wait 5 ms, records up to 1 MB, 32 MiB of buffer, 2 minutes. */
    public static ProducerSettings defaults() {
        return new ProducerSettings(Codec.NONE, BATCH_BYTES, MAX_RECORD_BYTES, BUFFER_BYTES, LINGER, DELIVERY_TIMEOUT);
    }

    /** The same with another codec. */
    public ProducerSettings withCodec(Codec other) {
        return new ProducerSettings(other, batchBytes, maxRecordBytes, bufferBytes, linger, deliveryTimeout);
    }

    /** The same with other batches. */
    public ProducerSettings withBatches(int bytes, Duration wait) {
        return new ProducerSettings(codec, bytes, maxRecordBytes, bufferBytes, wait, deliveryTimeout);
    }

    /** The same with another buffer. */
    public ProducerSettings withBufferBytes(long bytes) {
        return new ProducerSettings(codec, batchBytes, maxRecordBytes, bytes, linger, deliveryTimeout);
    }

    /** The same with another patience. */
    public ProducerSettings withDeliveryTimeout(Duration timeout) {
        return new ProducerSettings(codec, batchBytes, maxRecordBytes, bufferBytes, linger, timeout);
    }
}
