package io.millstream.schemas.kafka;

import io.millstream.schemas.SchemaClient;
import io.millstream.schemas.SchemaClientSettings;
import io.millstream.schemas.serde.RecordPart;
import io.millstream.schemas.serde.Reflection;
import io.millstream.schemas.serde.SchemaUse;
import io.millstream.schemas.serde.SerializerSettings;
import io.millstream.schemas.serde.SubjectNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A client's configuration as its adapters read it: the keys of the Confluent serializers, with the same meaning. Keys of
 * others stand among them and are left alone. Each method throws {@link IllegalArgumentException}, which names the key.
 */
final class AdapterConfig {

    private static final String URL = "schema.registry.url";
    private static final String AUTO_REGISTER = "auto.register.schemas";
    private static final String USE_LATEST = "use.latest.version";
    private static final String NORMALIZE = "normalize.schemas";
    private static final String STRATEGY = ".subject.name.strategy";
    private static final String REFLECTION = "schema.reflection";
    private static final String REFLECTION_NULL = "avro.reflection.allow.null";
    private static final String LOGICAL_TYPES = "avro.use.logical.type.converters";
    private static final String SPECIFIC = "specific.avro.reader";
    private static final String CREDENTIALS_SOURCE = "basic.auth.credentials.source";
    private static final String FROM_KEY = "USER_INFO";
    private static final String FROM_URL = "URL";
    private static final String USER_INFO = "basic.auth.user.info";
    private static final String PREFIXED_USER_INFO = "schema.registry.basic.auth.user.info";

    private final Map<String, ?> given;
    private final RecordPart part;

    AdapterConfig(Map<String, ?> given, boolean isKey) {
        this.given = given;
        this.part = isKey ? RecordPart.KEY : RecordPart.VALUE;
    }

    RecordPart part() {
        return part;
    }

    /** A client of the registry that {@code schema.registry.url} names, which may be several servers of it. */
    SchemaClient registry() {
        Object urls = given.get(URL);
        if (urls == null) {
            throw new IllegalArgumentException(
                    URL + " is missing: give the HTTP address of one broker or more, as http://host:8081");
        }
        requireKnownSecurity();
        try {
            SchemaClientSettings settings = SchemaClientSettings.parse(text(urls));
            Object user = userInfo();
            return SchemaClient.of(user == null ? settings : settings.withUserInfo(user.toString()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(URL + ": " + e.getMessage(), e);
        }
    }

    /** What would be passed over without a word though it is to protect something is refused. */
    private void requireKnownSecurity() {
        for (String key : given.keySet()) {
            if (key.startsWith("bearer.auth.") || key.startsWith("schema.registry.ssl.")) {
                throw new IllegalArgumentException(key + " is not supported: requests would go without it. Use "
                        + CREDENTIALS_SOURCE + "=USER_INFO, and Java's own trust store for https");
            }
        }
        Object source = given.get(CREDENTIALS_SOURCE);
        if (source != null && !source.equals(FROM_KEY) && !source.equals(FROM_URL)) {
            throw new IllegalArgumentException(
                    CREDENTIALS_SOURCE + "=" + source + " is neither " + FROM_KEY + " nor " + FROM_URL);
        }
    }

    private Object userInfo() {
        if (!FROM_KEY.equals(given.get(CREDENTIALS_SOURCE))) {
            return null;
        }
        Object user = given.get(USER_INFO);
        return user == null ? given.get(PREFIXED_USER_INFO) : user;
    }

    SerializerSettings serializer() {
        return SerializerSettings.defaults(part)
                .withSubjects(subjects())
                .withUse(use())
                .withNormalize(flag(NORMALIZE, false))
                .withReflection(reflection())
                .withLogicalTypes(flag(LOGICAL_TYPES, false));
    }

    private SubjectNames subjects() {
        String key = part.label() + STRATEGY;
        Object strategy = given.get(key);
        if (strategy == null) {
            return SubjectNames.TOPIC;
        }
        try {
            return SubjectNames.named(strategy instanceof Class<?> type ? type.getName() : strategy.toString());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    /** As elsewhere, registering goes first where both are on: "latest" counts once it is off. */
    private SchemaUse use() {
        if (flag(AUTO_REGISTER, true)) {
            return SchemaUse.REGISTER;
        }
        return flag(USE_LATEST, false) ? SchemaUse.NEWEST : SchemaUse.REGISTERED;
    }

    Reflection reflection() {
        if (!flag(REFLECTION, false)) {
            return Reflection.NONE;
        }
        return flag(REFLECTION_NULL, false) ? Reflection.ALLOW_NULL : Reflection.PLAIN;
    }

    boolean logicalTypes() {
        return flag(LOGICAL_TYPES, false);
    }

    /** Whether objects of generated classes are wanted, which {@link #types} names. */
    boolean generated() {
        return flag(SPECIFIC, false);
    }

    /** The classes to make objects of: named here, in the configuration, because no schema may name one. */
    List<Class<?>> types() {
        String key = typeKey();
        Object named = given.get(key);
        if (named == null) {
            throw new IllegalArgumentException(key + " is missing: with " + SPECIFIC + " or " + REFLECTION
                    + " it names the class to read, or several; classes are not loaded by what a schema says");
        }
        List<Class<?>> types = new ArrayList<>();
        for (Object each : each(named)) {
            types.add(each instanceof Class<?> type ? type : load(key, each.toString()));
        }
        return types;
    }

    /** The class for {@code schema.reflection}, which nothing in a record could choose one of several by. */
    Class<?> onlyType() {
        List<Class<?>> types = types();
        if (types.size() != 1) {
            throw new IllegalArgumentException(
                    typeKey() + " names " + types.size() + " classes: with " + REFLECTION + " there can be one only");
        }
        return types.get(0);
    }

    private String typeKey() {
        return "specific.avro." + part.label() + ".type";
    }

    /** A class whose name the application's own configuration has: that it is trusted goes without saying. */
    private static Class<?> load(String key, String name) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try {
            return (context == null ? AdapterConfig.class.getClassLoader() : context).loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(key + ": there is no class " + name, e);
        }
    }

    private boolean flag(String key, boolean otherwise) {
        Object value = given.get(key);
        if (value == null) {
            return otherwise;
        }
        String text = value.toString().trim();
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.parseBoolean(text);
        }
        throw new IllegalArgumentException(key + "=" + text + " is neither true nor false");
    }

    /** Lists are lists, or texts with commas. */
    private static List<Object> each(Object value) {
        if (value instanceof Collection<?> several) {
            return List.copyOf(several);
        }
        if (value instanceof Class<?>) {
            return List.of(value);
        }
        return List.of((Object[]) value.toString().trim().split("\\s*,\\s*", -1));
    }

    private static String text(Object value) {
        return String.join(",", each(value).stream().map(Object::toString).toList());
    }
}
