package io.millstream.wire.message;

import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Payload;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Random messages made from the components of our own records. */
final class RandomMessages {

    private static final Set<String> NULLABLE = Set.of(
            "Metadata.Request.topics",
            "Metadata.Broker.rack",
            "Metadata.Response.clusterId",
            "Produce.Request.transactionalId",
            "Produce.Data.records",
            "Produce.RecordError.message",
            "Produce.Result.errorMessage",
            "Fetch.Data.aborted",
            "Fetch.Data.records",
            "InitProducerId.Request.transactionalId",
            "CreateTopics.Setting.value",
            "CreateTopics.Created.errorMessage",
            "CreateTopics.Created.configs",
            "CreateTopics.Config.value",
            "DescribeConfigs.Resource.settings",
            "DescribeConfigs.Described.errorMessage",
            "DescribeConfigs.Config.value",
            "DescribeConfigs.Config.documentation",
            "DescribeConfigs.Synonym.value",
            "DescribeCluster.Response.errorMessage",
            "DescribeCluster.Broker.rack");

    private final RandomValues random;

    RandomMessages(RandomValues random) {
        this.random = random;
    }

    /**
     * A random request or response with a value for every component, whatever the version has; only "no topics" is spared
     * Metadata 0, which cannot say it.
     */
    Record next(Message kind) throws ReflectiveOperationException {
        Record message = record(type(kind), Map.of());
        boolean none = message instanceof Metadata.Request request && List.of().equals(request.topics());
        return none && kind.version() == 0 ? new Metadata.Request(null, true, false, false) : message;
    }

    private static Class<?> type(Message kind) throws ClassNotFoundException {
        String api = ApiMessages.class.getPackageName() + "." + Message.api(kind.key());
        return Class.forName(api + (kind.direction() == Direction.REQUEST ? "$Request" : "$Response"));
    }

    private Record record(Class<?> type, Map<Type, Type> arguments) throws ReflectiveOperationException {
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            boolean nullable = NULLABLE.contains(KafkaNames.of(type) + "." + component.getName());
            values.add(nullable && random.oneIn(4) ? null : value(component.getGenericType(), arguments));
        }
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return (Record) constructor.newInstance(values.toArray());
    }

    private Object value(Type type, Map<Type, Type> arguments) throws ReflectiveOperationException {
        if (type instanceof TypeVariable<?>) {
            return value(arguments.get(type), arguments);
        }
        if (type instanceof ParameterizedType generic) {
            Type argument = generic.getActualTypeArguments()[0];
            Type actual = arguments.getOrDefault(argument, argument);
            Class<?> raw = (Class<?>) generic.getRawType();
            return raw == List.class
                    ? list(actual, arguments)
                    : record(raw, Map.of(raw.getTypeParameters()[0], actual));
        }
        Class<?> raw = (Class<?>) type;
        return raw.isRecord() && !Payload.class.isAssignableFrom(raw) ? record(raw, Map.of()) : simple(raw);
    }

    private List<Object> list(Type element, Map<Type, Type> arguments) throws ReflectiveOperationException {
        List<Object> list = new ArrayList<>();
        for (int i = random.count(); i > 0; i--) {
            list.add(value(element, arguments));
        }
        return list;
    }

    private Object simple(Class<?> type) {
        if (Payload.class.isAssignableFrom(type)) {
            return new BytesPayload(Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(random.bytes())));
        }
        if (type == ErrorCode.class) {
            return random.error();
        }
        if (type == DescribeConfigs.Type.class) {
            return random.of(DescribeConfigs.Type.values());
        }
        return switch (type.getSimpleName()) {
            case "String" -> random.string();
            case "boolean" -> random.bool();
            case "byte" -> random.int8();
            case "short" -> random.int16();
            case "int", "Integer" -> random.int32();
            case "long" -> random.int64();
            default -> throw new AssertionError("No random value for " + type);
        };
    }
}
