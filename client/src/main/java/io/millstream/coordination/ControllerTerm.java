package io.millstream.coordination;

/**
 * {@code /controller_epoch}: the fence of the controller's writes. Every election writes it, so its data version is what
 * each of the controller's multis checks. The ephemeral {@code /controller} holds the same document and says that the
 * controller lives.
 *
 * @param broker id of the broker elected last
 * @param epoch counts elections, from 1
 */
public record ControllerTerm(int broker, int epoch) {}
