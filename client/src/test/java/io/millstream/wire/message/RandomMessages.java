package io.millstream.wire.message;

import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Opaque;
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
            "Metadata.Wanted.name",
            "Metadata.Broker.rack",
            "Metadata.Response.clusterId",
            "Produce.Request.transactionalId",
            "Produce.Data.records",
            "Produce.RecordError.message",
            "Produce.Result.errorMessage",
            "Fetch.Data.aborted",
            "Fetch.Data.records",
            "OffsetCommit.Offset.metadata",
            "OffsetCommit.Request.instanceId",
            "OffsetFetch.Group.topics",
            "OffsetFetch.Offset.metadata",
            "FindCoordinator.Found.errorMessage",
            "JoinGroup.Request.instanceId",
            "JoinGroup.Request.reason",
            "JoinGroup.Member.instanceId",
            "JoinGroup.Agreed.protocolType",
            "JoinGroup.Agreed.protocolName",
            "Heartbeat.Request.instanceId",
            "LeaveGroup.Member.instanceId",
            "LeaveGroup.Member.reason",
            "LeaveGroup.Left.instanceId",
            "SyncGroup.Request.instanceId",
            "SyncGroup.Request.protocolType",
            "SyncGroup.Request.protocolName",
            "SyncGroup.Response.protocolType",
            "SyncGroup.Response.protocolName",
            "DescribeGroups.Member.instanceId",
            "InitProducerId.Request.transactionalId",
            "CreatePartitions.Topic.assignments",
            "CreatePartitions.Created.errorMessage",
            "ElectLeaders.Request.topics",
            "ElectLeaders.Elected.errorMessage",
            "AlterPartitionReassignments.Target.replicas",
            "AlterPartitionReassignments.Response.errorMessage",
            "AlterPartitionReassignments.Altered.errorMessage",
            "ListPartitionReassignments.Request.topics",
            "ListPartitionReassignments.Response.errorMessage",
            "DescribeProducers.Described.errorMessage",
            "CreateTopics.Setting.value",
            "CreateTopics.Created.errorMessage",
            "CreateTopics.Created.configs",
            "CreateTopics.Config.value",
            "DescribeConfigs.Resource.settings",
            "DescribeConfigs.Described.errorMessage",
            "DescribeConfigs.Config.value",
            "DescribeConfigs.Config.documentation",
            "DescribeConfigs.Synonym.value",
            "AlterConfigs.Setting.value",
            "AlterConfigs.Altered.errorMessage",
            "IncrementalAlterConfigs.Step.value",
            "DescribeLogDirs.Request.topics",
            "DescribeCluster.Response.errorMessage",
            "DescribeCluster.Broker.rack");

    private static final Map<String, Integer> NULLABLE_SINCE =
            Map.of("OffsetFetch.Group.topics", 2, "Metadata.Wanted.name", 10);

    private final RandomValues random;
    private short version;

    RandomMessages(RandomValues random) {
        this.random = random;
    }

    /**
     * A random request or response with a value for every component, whatever the version has. What an old version has no
     * other words for is spared it, and so is the latest what only old ones say.
     */
    Record next(Message kind) throws ReflectiveOperationException {
        version = kind.version();
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
            values.add(component(KafkaNames.of(type) + "." + component.getName(), component, arguments));
        }
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return (Record) constructor.newInstance(values.toArray());
    }

    private Object component(String name, RecordComponent component, Map<Type, Type> arguments)
            throws ReflectiveOperationException {
        if (name.equals("OffsetCommit.Request.retentionMillis") && version >= 5) {
            return OffsetCommit.DEFAULT_RETENTION;
        }
        if (OldVersions.alone(name, version)) {
            ParameterizedType list = (ParameterizedType) component.getGenericType();
            return List.of(value(list.getActualTypeArguments()[0], arguments));
        }
        boolean nullable = NULLABLE.contains(name) && version >= NULLABLE_SINCE.getOrDefault(name, 0);
        return nullable && random.oneIn(4) ? null : value(component.getGenericType(), arguments);
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
        if (type == Opaque.class) {
            return Opaque.copyOf(random.bytes());
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
            case "UUID" -> random.uuid();
            default -> throw new AssertionError("No random value for " + type);
        };
    }
}
