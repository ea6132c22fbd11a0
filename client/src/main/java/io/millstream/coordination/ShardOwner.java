package io.millstream.coordination;

import java.util.UUID;

/**
 * {@code /coordinators/<shard>}: which broker coordinates the groups of a shard. The znode's version fences them: each
 * acquisition raises it.
 *
 * @param broker the owner's id
 * @param token random, of this one acquisition
 */
public record ShardOwner(int broker, UUID token) {}
