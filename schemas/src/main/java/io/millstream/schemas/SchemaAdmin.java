package io.millstream.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import io.millstream.schemas.SchemaException.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What people do with a registry, over its REST API: look, register, check, delete, configure. Nothing is remembered. As
 * {@link SchemaClient} otherwise.
 */
public final class SchemaAdmin {

    private static final String PERMANENT = "?permanent=true";

    private final RegistryCalls calls;

    private SchemaAdmin(RegistryCalls calls) {
        this.calls = calls;
    }

    /** With these settings. Connects only when asked something. */
    public static SchemaAdmin of(SchemaClientSettings settings) {
        return new SchemaAdmin(new RegistryCalls(settings));
    }

    /** Names of subjects, sorted by the registry. */
    public List<String> subjects(boolean deletedToo) {
        return RestBodies.texts(calls.get("/subjects" + (deletedToo ? "?deleted=true" : "")));
    }

    /** Numbers of a subject's versions, ascending. */
    public List<Integer> versions(String subject, boolean deletedToo) {
        return RestBodies.numbers(calls.get(RestPaths.versions(subject) + (deletedToo ? "?deleted=true" : "")));
    }

    /** @param version from 1, or {@link SchemaRegistry#LATEST} */
    public SubjectVersion version(String subject, int version) {
        return RestBodies.version(calls.get(RestPaths.version(subject, version)));
    }

    /** The definition of an id. */
    public SchemaDefinition definition(int id) {
        return RestBodies.definition(calls.get("/schemas/ids/" + id));
    }

    /** Makes {@code definition} the newest version of {@code subject}, unless it is one already; returns its id. */
    public int register(String subject, SchemaDefinition definition, boolean normalize) {
        String path = RestPaths.versions(subject) + (normalize ? "?normalize=true" : "");
        return RestBodies.number(calls.post(path, RestBodies.body(definition)), "id");
    }

    /** Which version of {@code subject} this is; empty if none. */
    public Optional<SubjectVersion> lookUp(String subject, SchemaDefinition definition, boolean normalize) {
        String path = RestPaths.subject(subject) + (normalize ? "?normalize=true" : "");
        try {
            return Optional.of(RestBodies.version(calls.post(path, RestBodies.body(definition))));
        } catch (SchemaException e) {
            if (RegistryErrors.isAbsence(e.reason())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whether a definition could be registered, by the subject's level of compatibility; the messages say why not. */
    public CompatibilityResult check(String subject, SchemaDefinition definition) {
        String path = "/compatibility" + RestPaths.versions(subject) + "?verbose=true";
        return result(calls.post(path, RestBodies.body(definition)));
    }

    /** The same against one version, from 1 or {@link SchemaRegistry#LATEST}. */
    public CompatibilityResult check(String subject, int version, SchemaDefinition definition) {
        String path = "/compatibility" + RestPaths.version(subject, version) + "?verbose=true";
        return result(calls.post(path, RestBodies.body(definition)));
    }

    private static CompatibilityResult result(JsonNode answer) {
        return new CompatibilityResult(
                answer.path("is_compatible").asBoolean(false), RestBodies.texts(answer.path("messages")));
    }

    /** Deletes all versions of a subject; returns their numbers. Permanently only what was deleted before. */
    public List<Integer> deleteSubject(String subject, boolean permanent) {
        return RestBodies.numbers(calls.delete(RestPaths.subject(subject) + (permanent ? PERMANENT : "")));
    }

    /** Deletes a version, from 1 or {@link SchemaRegistry#LATEST}; returns its number. */
    public int deleteVersion(String subject, int version, boolean permanent) {
        return calls.delete(RestPaths.version(subject, version) + (permanent ? PERMANENT : ""))
                .asInt();
    }

    /**
     * The level of compatibility.
     *
     * @param subject empty for the one of all subjects that have none of their own
     * @param effective whether that one is told where the subject has none of its own
     * @return empty if the subject has none of its own
     */
    public Optional<String> level(Optional<String> subject, boolean effective) {
        try {
            JsonNode answer = calls.get(config(subject) + (effective ? "?defaultToGlobal=true" : ""));
            return Optional.of(RestBodies.text(answer, "compatibilityLevel"));
        } catch (SchemaException e) {
            if (RegistryErrors.isAbsence(e.reason()) || e.reason() == Reason.LEVEL_NOT_CONFIGURED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Sets the level of compatibility, under its name in the API: {@code FULL_TRANSITIVE} and so on. */
    public void setLevel(Optional<String> subject, String level) {
        JsonNode unused = calls.put(config(subject), Map.of("compatibility", level));
    }

    /** Removes a subject's own level of compatibility. */
    public void deleteLevel(String subject) {
        JsonNode unused = calls.delete(config(Optional.of(subject)));
    }

    private static String config(Optional<String> subject) {
        return "/config" + subject.map(each -> "/" + RestPaths.segment(each)).orElse("");
    }
}
