/**
 * What each request means: one thin class per API family, each turning a request into calls of the packages below and
 * their outcome into a response. Runs on event loops and must not block them; holds no state of its own.
 */
package io.millstream.broker.server.handler;
