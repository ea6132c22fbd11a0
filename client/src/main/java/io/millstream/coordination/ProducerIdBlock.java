package io.millstream.coordination;

/**
 * {@code /latest_producer_id_block}: the block of producer ids handed out last; the next one follows it.
 *
 * @param broker id of the broker it went to
 * @param first its first producer id
 * @param last its last producer id, inclusive
 */
public record ProducerIdBlock(int broker, long first, long last) {}
