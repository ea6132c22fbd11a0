package io.millstream.schemas;

/** Which versions of subjects a list is of. A subject is live if one of its versions is. */
public enum Shown {
    /** Those that are not deleted. */
    LIVE,
    /** Those that are deleted softly, too. */
    DELETED_TOO,
    /** Those that are deleted softly; of subjects, those all of whose versions are. */
    DELETED_ONLY;

    boolean shows(boolean deleted) {
        return this == DELETED_TOO || deleted == (this == DELETED_ONLY);
    }
}
