package io.millstream.hadoop.ingest.document;

/** The next step for one file of a committed run, whoever has published how much of it. Pure. */
public final class Publication {

    /** What was found at one of a file's two places. */
    public enum Found {
        NOTHING,
        /** A file as the manifest describes it. */
        AS_LISTED,
        /** Something else. */
        DIFFERENT
    }

    /** What to do about a file. */
    public enum Step {
        /** It is in its place. */
        NONE,
        /** Move it there. */
        RENAME,
        /** It is in its place and has its old name still: a local rename was cut short. Remove the old name. */
        DROP_STAGED,
        /** No step is safe. */
        STOP
    }

    private Publication() {}

    /**
     * Decides.
     *
     * @param staged what lies where the task wrote the file
     * @param published what lies where it belongs
     */
    public static Step next(Found staged, Found published) {
        return switch (published) {
            case AS_LISTED -> staged == Found.NOTHING ? Step.NONE : Step.DROP_STAGED;
            case NOTHING -> staged == Found.AS_LISTED ? Step.RENAME : Step.STOP;
            case DIFFERENT -> Step.STOP;
        };
    }
}
