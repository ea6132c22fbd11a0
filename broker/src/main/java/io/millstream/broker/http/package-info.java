/**
 * The broker's HTTP endpoint: health so far. Runs on threads of its own and depends on {@code core} only; what it shows is
 * handed to it.
 */
package io.millstream.broker.http;
