package io.millstream.schemas;

import static io.millstream.schemas.Definitions.register;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** G2: what a schema's text names is a name; no class is loaded by it, whatever is done with the schema. */
class G2NamesLoadNothingTest {

    @RegisterExtension
    static final TestRegistries zooKeeper = new TestRegistries();

    private static final String TRAP = "io.millstream.schemas.G2Trap";

    /** Every way in which Avro's readers of Java classes can be told of one. */
    private static final List<String> TEXTS = List.of(
            "{\"type\":\"string\",\"java-class\":\"" + TRAP + "\"}",
            "{\"type\":\"string\",\"java-key-class\":\"" + TRAP + "\"}",
            "{\"type\":\"map\",\"values\":\"string\",\"java-key-class\":\"" + TRAP + "\"}",
            "{\"type\":\"array\",\"items\":\"string\",\"java-element-class\":\"" + TRAP + "\"}",
            "{\"type\":\"array\",\"items\":\"int\",\"java-class\":\"" + TRAP + "\"}",
            "{\"type\":\"bytes\",\"logicalType\":\"" + TRAP + "\"}",
            "{\"type\":\"record\",\"name\":\"G2Trap\",\"namespace\":\"io.millstream.schemas\",\"fields\":["
                    + "{\"name\":\"value\",\"type\":{\"type\":\"string\",\"java-class\":\"" + TRAP
                    + "\"},\"default\":\"x\"}]}",
            "{\"type\":\"enum\",\"name\":\"" + TRAP + "\",\"symbols\":[\"A\"]}",
            "{\"type\":\"fixed\",\"name\":\"" + TRAP + "\",\"size\":1,\"java-class\":\"" + TRAP + "\"}");

    /** Notes every class that is asked for by name. */
    private static final class Recording extends ClassLoader {
        private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

        private Recording(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            asked.add(name);
            return super.loadClass(name, resolve);
        }
    }

    @Test
    void aSchemaIsTakenCheckedAndGivenBackWithoutLoadingAClass() throws ClassNotFoundException {
        Thread thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        Recording recording = new Recording(usual);
        thread.setContextClassLoader(recording);
        try {
            useAll(zooKeeper.registry());
        } finally {
            thread.setContextClassLoader(usual);
        }

        assertThat(recording.asked).noneMatch(name -> name.contains("G2Trap"));
        assertThat(G2Trap.Bell.RUNG).hasValue(0);
        assertThat(Class.forName(TRAP).getName()).isEqualTo(TRAP);
        assertThat(G2Trap.Bell.RUNG).as("it was set").hasValue(1);
    }

    private static void useAll(SchemaRegistry registry) {
        SchemaRegistry other = zooKeeper.registry();
        for (int i = 0; i < TEXTS.size(); i++) {
            String subject = "s" + i;
            SchemaDefinition definition = SchemaDefinition.of(TEXTS.get(i));
            int id = register(registry, subject, definition);

            Schema schema = other.byId(id);
            assertThat(other.check(subject, OptionalInt.empty(), definition, true)
                            .compatible())
                    .isTrue();
            assertThat(other.lookup(subject, definition, false, false)).isPresent();
            assertThat(SchemaMap.fromJson(other.snapshot().toJson(), "test").find(id))
                    .contains(schema);
            other.deleteSubject(subject, false);
        }
    }
}
