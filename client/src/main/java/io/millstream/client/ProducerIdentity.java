package io.millstream.client;

/** Under which a broker recognises a producer's retries (KIP-98). */
record ProducerIdentity(long id, short epoch) {}
