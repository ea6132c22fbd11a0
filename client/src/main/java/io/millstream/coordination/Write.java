package io.millstream.coordination;

import java.util.Objects;

/**
 * One step of a {@link Coordination#commit}: all steps are applied, or none. There is no unconditional write.
 *
 * <p>Paths are absolute below the chroot. Byte arrays are not copied; do not change them afterwards.
 */
public sealed interface Write {

    /** The znode this step looks at. */
    String path();

    /** Fails unless {@code path} exists with this data version. */
    record Check(String path, int version) implements Write {}

    /** Creates a persistent znode; fails if it exists or its parent does not. */
    record Create(String path, byte[] data) implements Write {
        public Create {
            Objects.requireNonNull(data);
        }
    }

    /** Creates an ephemeral znode of this session; fails if it exists or its parent does not. */
    record CreateEphemeral(String path, byte[] data) implements Write {
        public CreateEphemeral {
            Objects.requireNonNull(data);
        }
    }

    /** Replaces the data of a znode that has this version. */
    record Update(String path, byte[] data, int version) implements Write {
        public Update {
            Objects.requireNonNull(data);
            if (version < 0) {
                throw new IllegalArgumentException("An update of " + path + " names no version");
            }
        }
    }

    /** Removes a childless znode that has this version. */
    record Delete(String path, int version) implements Write {
        public Delete {
            if (version < 0) {
                throw new IllegalArgumentException("A deletion of " + path + " names no version");
            }
        }
    }
}
