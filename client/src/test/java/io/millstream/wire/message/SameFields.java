package io.millstream.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
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
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Utils;

/**
 * Compares one of our messages with one of Kafka's, component by component, by the names in {@link KafkaNames}. Not for
 * use by several threads.
 */
final class SameFields {

    /** A component of ours and what gives the same of Kafka's; null for a group of fields that Kafka does not group. */
    private record Pair(RecordComponent component, Method kafkas) {}

    /** What an old version cannot say, or says by nothing, is null in ours and empty in Kafka's. */
    private static final Set<String> NULL_IN_OLD_VERSIONS =
            Set.of("Metadata.Request.topics", "DescribeConfigs.Config.documentation");

    private final Map<Class<?>, Map<Class<?>, List<Pair>>> pairs = new HashMap<>();

    /** Fails unless every component of {@code ours}, absent ones with their defaults, is what {@code kafkas} has. */
    void check(Record ours, Message kafkas) throws ReflectiveOperationException {
        for (Pair pair : pairs(ours, kafkas)) {
            Object value = pair.component.getAccessor().invoke(ours);
            if (pair.kafkas == null) {
                check((Record) value, kafkas);
                continue;
            }
            Object theirs = pair.kafkas.invoke(kafkas);
            if (!same(value, theirs)) {
                String name = KafkaNames.of(ours.getClass()) + "." + pair.component.getName();
                boolean unsayable = value == null && isEmpty(theirs) && NULL_IN_OLD_VERSIONS.contains(name);
                assertThat(unsayable)
                        .as("%s is %s but Kafka's is %s", name, value, theirs)
                        .isTrue();
            }
        }
    }

    private List<Pair> pairs(Record ours, Message kafkas) throws ReflectiveOperationException {
        Map<Class<?>, List<Pair>> known = pairs.computeIfAbsent(ours.getClass(), type -> new HashMap<>());
        List<Pair> found = known.get(kafkas.getClass());
        if (found == null) {
            found = new ArrayList<>();
            for (RecordComponent component : ours.getClass().getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                boolean group = component.getType() == Fetch.Bounds.class || component.getType() == Fetch.Session.class;
                found.add(new Pair(component, group ? null : kafkas(ours, component.getName(), kafkas.getClass())));
            }
            known.put(kafkas.getClass(), found);
        }
        return found;
    }

    private static Method kafkas(Record ours, String component, Class<?> kafkas) throws ReflectiveOperationException {
        if (!(ours instanceof ByTopic)) {
            return kafkas.getMethod(KafkaNames.kafkas(ours.getClass(), component));
        }
        List<String> names = component.equals("topic")
                ? List.of("topic", "name")
                : List.of("partitions", "partitionData", "partitionResponses");
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
            return ours.equals(message.getClass().getMethod("name").invoke(message)); // Metadata's topics to describe
        }
        if (ours instanceof ErrorCode error) {
            return kafkas.equals(error.code());
        }
        if (ours instanceof DescribeConfigs.Type type) {
            return kafkas.equals(type.code());
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
