package io.millstream.schemas;

import java.util.OptionalInt;
import org.apache.avro.Schema;

/**
 * Ids for schemas and schemas for ids: what serializers need of a registry, whether it is asked in ZooKeeper ({@link
 * SchemaRegistry}) or over HTTP ({@link SchemaClient}).
 *
 * <p>Safe for use by several threads. Calls may block, unless what they ask was asked before. All failures are {@link
 * SchemaException}s.
 */
public interface SchemaIds extends SchemaLookup {

    /**
     * Makes {@code schema} the newest version of {@code subject}, unless it is one of its versions already.
     *
     * @param normalize whether it is registered in its normal form, in which the order of properties does not count
     * @return the schema's id
     */
    int register(String subject, Schema schema, boolean normalize);

    /**
     * The id of {@code schema} if it is a version of {@code subject}; empty if not.
     *
     * @param normalize as in {@link #register}
     */
    OptionalInt idOf(String subject, Schema schema, boolean normalize);

    /**
     * The newest version of {@code subject}, asked anew each time.
     *
     * @throws SchemaException ({@link SchemaException.Reason#NOT_FOUND}) if it has none
     */
    RegisteredSchema newest(String subject);
}
