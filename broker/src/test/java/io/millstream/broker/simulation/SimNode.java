package io.millstream.broker.simulation;

/** What a name stands for. */
sealed interface SimNode permits SimFolder, SimContent {}
