package io.millstream.broker.log;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The machine's own file systems, behind the contract. */
final class SystemDiskTest extends DiskContract {

    @TempDir
    Path temporary;

    @Override
    protected Disk open() {
        root = temporary;
        return Disk.system();
    }
}
