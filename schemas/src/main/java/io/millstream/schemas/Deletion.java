package io.millstream.schemas;

import io.millstream.schemas.Znodes.Referrers;
import io.millstream.schemas.Znodes.Settings;
import java.util.List;

/** What deletions of versions have in common: what they are decided by. Comes to the numbers of the versions. */
abstract class Deletion implements Change<List<Integer>> {

    final Uses uses;
    final String name;

    /** @param name of the subject */
    Deletion(Uses uses, String name) {
        this.uses = uses;
        this.name = name;
    }

    @Override
    public final boolean sharesDraft() {
        return false; // the uses of schemas are not read through it
    }

    @Override
    public final List<String> reads() {
        return List.of(Znodes.subject(name), Znodes.SETTINGS, Znodes.referrers(name));
    }

    final Subject subject(Draft draft) {
        return draft.read(Znodes.subject(name), Subject.class).orElse(Subject.NONE);
    }

    final Referrers referrers(Draft draft) {
        return draft.read(Znodes.referrers(name), Referrers.class).orElse(Referrers.NONE);
    }

    /** @throws SchemaException if the subject's mode does not let it be changed */
    final void requireChangeable(Subject subject, Draft draft) {
        Settings settings = draft.read(Znodes.SETTINGS, Settings.class).orElse(Settings.NONE);
        Rules.requireChangeable(Rules.mode(subject, settings), "Subject '" + name + "'");
    }
}
