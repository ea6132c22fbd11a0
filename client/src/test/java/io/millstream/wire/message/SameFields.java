package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Opaque;
import io.netty.buffer.ByteBufUtil;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Utils;

/**
 * Compares one of our messages with one of Kafka's, component by component, by the names in {@link KafkaNames}. Not for
 * use by several threads.
 */
final class SameFields {

    /** A component of ours and what gives the same of Kafka's; null if Kafka has no such field of its own. */
    private record Pair(RecordComponent component, Method kafkas) {}

    /** Fields that we group and Kafka does not. */
    private static final Set<Class<?>> GROUPS = Set.of(Fetch.Bounds.class, Fetch.Session.class, JoinGroup.Agreed.class);

    /** What an old version cannot say, or says by nothing, is null in ours and empty in Kafka's. */
    private static final Set<String> NULL_IN_OLD_VERSIONS = Set.of(
            "Metadata.Request.topics", "FindCoordinator.Found.errorMessage", "DescribeConfigs.Config.documentation");

    /** Tagged fields of our own: Kafka keeps them without knowing them. */
    private static final Set<String> OURS_ALONE = Set.of("Fetch.Query.incarnation", "Fetch.Query.topicId");

    private final Map<Class<?>, Map<Class<?>, List<Pair>>> pairs = new HashMap<>();
    private final short version;

    SameFields(short version) {
        this.version = version;
    }

    /** Fails unless every component of {@code ours}, absent ones with their defaults, is what {@code kafkas} has. */
    void check(Record ours, Message kafkas) throws ReflectiveOperationException {
        for (Pair pair : pairs(ours, kafkas)) {
            Object value = pair.component.getAccessor().invoke(ours);
            String name = name(ours, pair.component);
            if (pair.kafkas == null) {
                checkSpread(name, value, kafkas);
                continue;
            }
            Object theirs = pair.kafkas.invoke(kafkas);
            if (!same(value, theirs)) {
                boolean unsayable = value == null && isEmpty(theirs) && NULL_IN_OLD_VERSIONS.contains(name);
                assertThat(unsayable)
                        .as("%s is %s but Kafka's is %s", name, value, theirs)
                        .isTrue();
            }
        }
    }

    /** Compares what is one component of ours, and fields of Kafka's whole message. */
    private void checkSpread(String name, Object value, Message kafkas) throws ReflectiveOperationException {
        if (OldVersions.notSaidAlone(name)) {
            assertThat(value).as(name).isIn("", null);
        } else if (value instanceof Record record) {
            check(record, kafkas);
        } else {
            assertThat((List<?>) value).as(name).hasSize(1);
            Object only = ((List<?>) value).get(0);
            if (only instanceof Record record) {
                check(record, kafkas);
            } else {
                Object theirs = kafkas.getClass().getMethod("key").invoke(kafkas);
                assertThat(only).as(name).isEqualTo(theirs);
            }
        }
    }

    private static String name(Record ours, RecordComponent component) {
        return KafkaNames.of(ours.getClass()) + "." + component.getName();
    }

    private List<Pair> pairs(Record ours, Message kafkas) throws ReflectiveOperationException {
        Map<Class<?>, List<Pair>> known = pairs.computeIfAbsent(ours.getClass(), type -> new HashMap<>());
        List<Pair> found = known.get(kafkas.getClass());
        if (found == null) {
            found = new ArrayList<>();
            for (RecordComponent component : ours.getClass().getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                String name = name(ours, component);
                if (OURS_ALONE.contains(name)) {
                    continue;
                }
                boolean alone = OldVersions.alone(name, version) || isSaidAlone(kafkas, name);
                boolean spread = alone || GROUPS.contains(component.getType());
                found.add(new Pair(component, spread ? null : kafkas(ours, component.getName(), kafkas.getClass())));
            }
            known.put(kafkas.getClass(), found);
        }
        return found;
    }

    /** Whether {@code kafkas} is the whole message rather than the element to which this belongs. */
    private static boolean isSaidAlone(Message kafkas, String name) {
        return kafkas instanceof ApiMessage && OldVersions.notSaidAlone(name);
    }

    private static Method kafkas(Record ours, String component, Class<?> kafkas) throws ReflectiveOperationException {
        if (!(ours instanceof ByTopic)) {
            return kafkas.getMethod(KafkaNames.kafkas(ours.getClass(), component));
        }
        List<String> names = component.equals("topic")
                ? List.of("topic", "name")
                : List.of("partitions", "partitionData", "partitionResponses", "partitionIndexes", "partitionResult");
        List<String> has =
                Arrays.stream(kafkas.getMethods()).map(Method::getName).toList();
        return kafkas.getMethod(names.stream().filter(has::contains).findFirst().orElseThrow());
    }

    private boolean same(Object ours, Object kafkas) throws ReflectiveOperationException {
        if (ours instanceof List<?> list) {
            return sameList(list, kafkas);
        }
        if (ours instanceof BytesPayload payload) {
            byte[] bytes = Utils.toArray(((MemoryRecords) kafkas).buffer().duplicate());
            return Arrays.equals(ByteBufUtil.getBytes(payload.bytes()), bytes);
        }
        if (kafkas instanceof Message message) {
            if (ours instanceof Record record) {
                check(record, message);
                return true;
            }
            // a structure of one field: a topic to describe, a partition to forget
            String field = ours instanceof Integer ? "partitionIndex" : "name";
            return ours.equals(message.getClass().getMethod(field).invoke(message));
        }
        if (ours instanceof ErrorCode error) {
            return kafkas.equals(error.code());
        }
        if (ours instanceof Opaque opaque) {
            return opaque.equals(Opaque.copyOf((byte[]) kafkas));
        }
        if (ours instanceof DescribeConfigs.Type type) {
            return kafkas.equals(type.code());
        }
        if (ours instanceof UUID id) {
            return kafkas.equals(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()));
        }
        return Objects.equals(ours, kafkas);
    }

    private static boolean isEmpty(Object kafkas) {
        return "".equals(kafkas) || List.of().equals(kafkas);
    }

    private boolean sameList(List<?> ours, Object kafkas) throws ReflectiveOperationException {
        if (!(kafkas instanceof Iterable<?> theirs)) {
            return false;
        }
        int i = 0;
        for (Object element : theirs) {
            if (i == ours.size() || !same(ours.get(i++), element)) {
                return false;
            }
        }
        return i == ours.size();
    }
}
