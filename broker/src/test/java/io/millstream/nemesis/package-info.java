/**
 * Clusters of processes under load while something goes wrong: what is done to them, what clients saw, and whether that is
 * a history that a correct log can have.
 */
package io.millstream.nemesis;
