/**
 * The command line. Standard output carries data only (and the one line that says a server is ready); everything else goes
 * to standard error or to log files. Exit codes: 0 done, 1 failed with one line that says what and what to do, 2 bad usage.
 */
package io.millstream.cli;
