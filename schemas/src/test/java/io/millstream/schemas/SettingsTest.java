package io.millstream.schemas;

import static io.millstream.schemas.Definitions.optional;
import static io.millstream.schemas.Definitions.refusal;
import static io.millstream.schemas.Definitions.register;
import static io.millstream.schemas.Definitions.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.schemas.SchemaException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SettingsTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private static final Optional<String> ALL = Optional.empty();
    private static final Optional<String> S = Optional.of("s");

    private SchemaRegistry registry;
    private SchemaRegistry other;

    @BeforeEach
    void start() {
        registry = zooKeeper.registry();
        other = zooKeeper.registry();
    }

    private static RegisterOptions imported(int id, int version) {
        return new RegisterOptions(false, OptionalInt.of(id), OptionalInt.of(version));
    }

    @Test
    void aLevelIsThatOfTheSubjectOrOfAllOrBackward() {
        assertThat(registry.level(ALL)).isEmpty();
        assertThat(registry.effectiveLevel("s")).isEqualTo(CompatibilityLevel.BACKWARD);

        assertThat(registry.setLevel(S, CompatibilityLevel.FULL)).isEmpty();
        assertThat(registry.setLevel(ALL, CompatibilityLevel.NONE)).isEmpty();
        assertThat(registry.setLevel(ALL, CompatibilityLevel.FORWARD)).contains(CompatibilityLevel.NONE);

        assertThat(other.level(S)).contains(CompatibilityLevel.FULL);
        assertThat(other.level(ALL)).contains(CompatibilityLevel.FORWARD);
        assertThat(other.level(Optional.of("t"))).isEmpty();
        assertThat(other.effectiveLevel("s")).isEqualTo(CompatibilityLevel.FULL);
        assertThat(other.effectiveLevel("t")).isEqualTo(CompatibilityLevel.FORWARD);
        assertThat(other.deleteLevel(S)).contains(CompatibilityLevel.FULL);
        assertThat(other.deleteLevel(S)).isEmpty();
        assertThat(other.deleteLevel(ALL)).contains(CompatibilityLevel.FORWARD);
        assertThat(registry.effectiveLevel("s")).isEqualTo(CompatibilityLevel.BACKWARD);
        assertThat(registry.subjects(Shown.DELETED_TOO))
                .as("none by its level alone")
                .isEmpty();
    }

    @Test
    void eachLevelLetsInWhatItSays() {
        SchemaDefinition more = SchemaDefinition.of("{\"type\":\"record\",\"name\":\"R\",\"fields\":["
                + "{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\"}]}");
        SchemaDefinition less = required("a");
        record Row(CompatibilityLevel level, SchemaDefinition first, SchemaDefinition second, boolean taken) {}
        int rows = 0;
        for (Row row : List.of(
                new Row(CompatibilityLevel.BACKWARD, more, less, true),
                new Row(CompatibilityLevel.BACKWARD, less, more, false),
                new Row(CompatibilityLevel.FORWARD, less, more, true),
                new Row(CompatibilityLevel.FORWARD, more, less, false),
                new Row(CompatibilityLevel.FULL, more, less, false),
                new Row(CompatibilityLevel.FULL, optional("a"), optional("b"), true),
                new Row(CompatibilityLevel.NONE, less, required("b"), true))) {
            String subject = "s" + rows++;
            registry.setLevel(Optional.of(subject), row.level);
            register(registry, subject, row.first);

            CompatibilityResult check = other.check(subject, OptionalInt.of(1), row.second, false);
            if (row.taken) {
                register(registry, subject, row.second);
            } else {
                assertThat(refusal(() -> register(registry, subject, row.second)))
                        .as("%s", row)
                        .isEqualTo(Reason.INCOMPATIBLE);
            }

            assertThat(check.compatible()).as("%s", row).isEqualTo(row.taken);
            assertThat(check.messages().isEmpty()).isEqualTo(row.taken);
        }
    }

    @Test
    void onlyTransitiveLevelsLookBackFurther() {
        register(registry, "s", required("a"));
        register(registry, "s", SchemaDefinition.of("{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}"));
        SchemaDefinition text = SchemaDefinition.of(
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"string\",\"default\":\"\"}]}");

        assertThat(other.check("s", OptionalInt.empty(), text, false).compatible())
                .isTrue();
        assertThat(other.check("s", OptionalInt.of(1), text, false).messages()).hasSize(1);
        assertThat(other.check("s", OptionalInt.of(SchemaRegistry.LATEST), text, false)
                        .compatible())
                .isTrue();
        registry.setLevel(S, CompatibilityLevel.BACKWARD_TRANSITIVE);
        CompatibilityResult all = other.check("s", OptionalInt.empty(), text, false);
        assertThat(all.compatible()).isFalse();
        assertThat(all.messages().get(0)).contains("version 1", "'a'").doesNotContain("\n");
        assertThat(refusal(() -> register(registry, "s", text))).isEqualTo(Reason.INCOMPATIBLE);
        assertThat(refusal(() -> other.check("s", OptionalInt.of(3), text, false)))
                .isEqualTo(Reason.VERSION_NOT_FOUND);
        assertThat(refusal(() -> other.check("t", OptionalInt.of(1), text, false)))
                .isEqualTo(Reason.SUBJECT_NOT_FOUND);
        assertThat(other.check("t", OptionalInt.empty(), text, false).compatible())
                .isTrue();
        assertThat(other.check("t", OptionalInt.of(-1), text, false).compatible())
                .isTrue();
        assertThat(refusal(() -> other.check("s", OptionalInt.empty(), SchemaDefinition.of("x"), false)))
                .isEqualTo(Reason.INVALID);
    }

    @Test
    void readOnlyAllowsNothingButReading() {
        register(registry, "s", optional("x"));
        register(registry, "free", optional("x"));
        registry.setMode(Optional.of("free"), RegistryMode.READWRITE, false);

        for (RegistryMode mode : List.of(RegistryMode.READONLY, RegistryMode.READONLY_OVERRIDE)) {
            registry.setMode(ALL, mode, false);

            assertThat(refusal(() -> register(other, "s", optional("y")))).isEqualTo(Reason.NOT_PERMITTED);
            assertThat(refusal(() -> other.deleteSubject("s", false))).isEqualTo(Reason.NOT_PERMITTED);
            assertThat(refusal(() -> other.deleteVersion("s", 1, false))).isEqualTo(Reason.NOT_PERMITTED);
            assertThat(refusal(() -> other.setLevel(S, CompatibilityLevel.NONE)))
                    .isEqualTo(Reason.NOT_PERMITTED);
            assertThat(refusal(() -> other.setLevel(ALL, CompatibilityLevel.NONE)))
                    .isEqualTo(Reason.NOT_PERMITTED);
            assertThat(register(other, "s", optional("x"))).as("it is there").isEqualTo(1);
            assertThat(other.lookup("s", optional("x"), false, false)).isPresent();
            assertThat(other.effectiveMode("s")).isEqualTo(mode);
        }
        assertThat(refusal(() -> register(other, "free", optional("y")))).isEqualTo(Reason.NOT_PERMITTED);
        registry.setMode(ALL, RegistryMode.READONLY, false);
        assertThat(register(other, "free", optional("y")))
                .as("its own mode comes first")
                .isEqualTo(2);
        assertThat(registry.deleteMode(ALL)).contains(RegistryMode.READONLY);
        assertThat(register(other, "s", optional("z"))).isEqualTo(3);
    }

    @Test
    void importTakesIdsAndVersionsAsTheyCome() {
        assertThat(registry.setMode(ALL, RegistryMode.IMPORT, false)).isEmpty();

        assertThat(other.register("s", required("a"), imported(100, 7)))
                .isEqualTo(new SubjectVersion("s", 7, 100, required("a"), false));
        other.register("s", required("b"), imported(50, 3));
        RegisterOptions idOnly = new RegisterOptions(false, OptionalInt.of(60), OptionalInt.empty());
        assertThat(other.register("s", required("c"), idOnly).version()).isEqualTo(8);
        assertThat(other.register("t", required("a"), imported(100, 1)).id()).isEqualTo(100);
        assertThat(other.register("s", required("a"), imported(100, 7)).version())
                .as("again")
                .isEqualTo(7);

        assertThat(registry.versionNumbers("s", Shown.LIVE)).containsExactly(3, 7, 8);
        assertThat(registry.snapshot().ids()).containsExactly(50, 60, 100);
        assertThat(refusal(() -> register(other, "s", required("d"))))
                .as("no id")
                .isEqualTo(Reason.NOT_PERMITTED);
        assertThat(refusal(() -> other.register("s", required("d"), imported(100, 9))))
                .as("the id of another")
                .isEqualTo(Reason.NOT_PERMITTED);
        assertThat(refusal(() -> other.register("u", required("a"), imported(101, 1))))
                .as("a second id")
                .isEqualTo(Reason.NOT_PERMITTED);
        assertThat(refusal(() -> other.register("s", required("d"), imported(102, 7))))
                .as("the version of another")
                .isEqualTo(Reason.NOT_PERMITTED);
        assertThat(refusal(() -> other.register("s", required("d"), imported(0, 1))))
                .isEqualTo(Reason.INVALID);
        assertThat(refusal(() -> other.register("s", required("d"), imported(1, 0))))
                .isEqualTo(Reason.INVALID_VERSION);
        registry.setMode(ALL, RegistryMode.READWRITE, false);
        assertThat(register(other, "new", required("d")))
                .as("after all that were imported")
                .isEqualTo(101);
        assertThat(refusal(() -> other.register("s", required("e"), imported(200, 9))))
                .as("not in this mode")
                .isEqualTo(Reason.NOT_PERMITTED);
    }

    @Test
    void aVersionMayBeGivenIfItIsTheNext() {
        register(registry, "s", optional("x"));
        RegisterOptions second = new RegisterOptions(false, OptionalInt.empty(), OptionalInt.of(2));

        assertThat(registry.register("s", optional("y"), second).version()).isEqualTo(2);

        assertThat(registry.register("s", optional("y"), second).version()).isEqualTo(2);
        assertThat(refusal(() -> registry.register("s", optional("z"), second))).isEqualTo(Reason.INVALID);
    }

    @Test
    void whatIsImportedAgainIsThereAlready() {
        registry.setMode(ALL, RegistryMode.IMPORT, false);
        for (int i = 0; i < 2; i++) {
            for (int version = 1; version <= 2; version++) {
                assertThat(registry.register("s", optional("x"), imported(5, version))
                                .version())
                        .isEqualTo(version);
            }
        }
    }

    @Test
    void theLastNumberIsTheLast() {
        registry.setMode(ALL, RegistryMode.IMPORT, false);
        registry.register("s", optional("x"), imported(Integer.MAX_VALUE, Integer.MAX_VALUE));
        registry.setMode(ALL, RegistryMode.READWRITE, false);

        assertThat(refusal(() -> register(registry, "s", optional("y")))).isEqualTo(Reason.NOT_PERMITTED);
        assertThat(refusal(() -> register(registry, "t", optional("y")))).isEqualTo(Reason.NOT_PERMITTED);
        assertThat(register(registry, "t", optional("x"))).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void importIsNotSetWhereThereAreSchemas() {
        register(registry, "s", optional("x"));
        registry.deleteSubject("s", false);

        assertThat(refusal(() -> other.setMode(ALL, RegistryMode.IMPORT, false)))
                .isEqualTo(Reason.NOT_PERMITTED);
        assertThat(refusal(() -> other.setMode(S, RegistryMode.IMPORT, false))).isEqualTo(Reason.NOT_PERMITTED);
        assertThat(other.setMode(Optional.of("t"), RegistryMode.IMPORT, false)).isEmpty();
        assertThat(other.setMode(S, RegistryMode.IMPORT, true)).isEmpty();
        registry.deleteSubject("s", true);
        assertThat(other.setMode(ALL, RegistryMode.IMPORT, false)).isEmpty();
    }

    @Test
    void whatWasSetForASubjectGoesWithItsLastVersion() {
        register(registry, "s", optional("x"));
        register(registry, "s", optional("y"));
        registry.setLevel(S, CompatibilityLevel.FULL);
        registry.setMode(S, RegistryMode.READWRITE, false);

        registry.deleteVersion("s", 1, false);
        assertThat(other.level(S)).contains(CompatibilityLevel.FULL);
        registry.deleteVersion("s", 2, false);

        assertThat(other.level(S)).isEmpty();
        assertThat(other.mode(S)).isEmpty();
    }

    @Test
    void normalizedSchemasAreTheSameInAnyOrder() {
        RegisterOptions normalized = new RegisterOptions(true, OptionalInt.empty(), OptionalInt.empty());
        SchemaDefinition one = SchemaDefinition.of(
                "{\"type\":\"long\",\"x\":{\"b\":[{\"d\":1.50,\"c\":2}],\"a\":1},\"logicalType\":\"timestamp-millis\"}");
        SchemaDefinition two = SchemaDefinition.of(
                "{\"logicalType\":\"timestamp-millis\",\"type\":\"long\",\"x\":{\"a\":1,\"b\":[{\"c\":2,\"d\":1.50}]}}");

        int id = registry.register("s", one, normalized).id();

        assertThat(registry.register("s", two, normalized).id()).isEqualTo(id);
        assertThat(other.lookup("s", two, true, false)).isPresent();
        assertThat(other.lookup("s", one, false, false)).isEmpty();
        assertThat(register(other, "s", one)).as("as it is written").isNotEqualTo(id);
    }
}
