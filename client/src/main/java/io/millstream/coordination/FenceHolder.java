package io.millstream.coordination;

import java.util.UUID;

/**
 * What lies in a fence's znode.
 *
 * @param owner who raised it last, for people to read
 * @param token random, of this one acquisition: tells whether it was us whose raise was applied
 */
public record FenceHolder(String owner, UUID token) {}
