package io.millstream.schemas;

import java.util.OptionalInt;

/**
 * How a schema is to be registered.
 *
 * @param normalize whether the order of properties and of references makes no difference: all are sorted
 * @param id that the schema is to have; only in mode {@link RegistryMode#IMPORT}, and there always
 * @param version that the subject's new version is to have; outside of {@link RegistryMode#IMPORT}, no other than the next
 */
public record RegisterOptions(boolean normalize, OptionalInt id, OptionalInt version) {

    /** As it is written, with the next id and version. */
    public static RegisterOptions plain() {
        return new RegisterOptions(false, OptionalInt.empty(), OptionalInt.empty());
    }
}
