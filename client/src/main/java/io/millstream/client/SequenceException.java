package io.millstream.client;

import io.millstream.core.TopicPartition;

/**
 * A partition's leader did not take a batch because of its producer's numbers: it expects another sequence, or another epoch. Who
 * sent the batches before, or what became of them, has to be looked at.
 */
public final class SequenceException extends ClientException {

    private static final long serialVersionUID = 1L;

    SequenceException(TopicPartition partition, String said) {
        super("Partition " + partition + " refused a batch because of its producer's numbers: " + said);
    }
}
