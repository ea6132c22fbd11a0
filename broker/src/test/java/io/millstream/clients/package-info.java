/**
 * Clients that users have, in the versions that they have, against a broker in another process. What runs inside a version's
 * own class loader is in {@code suite}.
 */
package io.millstream.clients;
