package io.millstream.broker.log;

/** How the broker that used a data directory before has stopped. */
public enum PreviousStop {
    /** It closed every log and said so; or the directory is new. */
    CLEAN,

    /** It died, but the machine did not: whatever was written is there. */
    CRASH,

    /** The machine died, or was restarted: what was not flushed may be gone. */
    REBOOT,

    /** It died, and whether the machine did cannot be told; or the disk failed, and may have lost what is still read. */
    UNKNOWN
}
