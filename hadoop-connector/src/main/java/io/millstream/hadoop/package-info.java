/** What the job jar starts. */
package io.millstream.hadoop;
