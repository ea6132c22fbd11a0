# Debian's python3-confluent-kafka against a broker: both of its clients, and its Avro serializer. Arguments and output as in
# kafkajs.js.
import json
import sys

from confluent_kafka.avro import CachedSchemaRegistryClient, MessageSerializer, loads
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

URL, OURS = sys.argv[1:]
SUBJECT = 'python-value'
GIVEN = {'place': 'Zürich', 'count': 9007199254740990, 'level': 0.5, 'tags': ['a', ''], 'note': None}
FIELDS = [
    {'name': 'place', 'type': 'string'},
    {'name': 'count', 'type': 'long'},
    {'name': 'level', 'type': 'double'},
    {'name': 'tags', 'type': {'type': 'array', 'items': 'string'}},
    {'name': 'note', 'type': ['null', 'string'], 'default': None},
]


def reading(*more):
    return json.dumps({'type': 'record', 'name': 'Reading', 'namespace': 'weather', 'fields': FIELDS + list(more)})


def refused(status, code, call, *arguments):
    try:
        call(*arguments)
    except SchemaRegistryError as error:
        assert (error.http_status_code, error.error_code) == (status, code), error
    else:
        raise AssertionError('not refused')


UNIT = {'name': 'unit', 'type': 'string', 'default': 'cm'}
REQUIRED = {'name': 'required', 'type': 'int'}

# what ours wrote
older = CachedSchemaRegistryClient({'url': URL})
serializer = MessageSerializer(older)
assert serializer.decode_message(bytes.fromhex(OURS)) == GIVEN

# its own
schema_id = older.register(SUBJECT, loads(reading()))
encoded = serializer.encode_record_with_schema_id(schema_id, GIVEN)
assert serializer.decode_message(encoded) == GIVEN
print(encoded.hex())

# a version that goes with it, and one that does not
assert older.test_compatibility(SUBJECT, loads(reading(UNIT)))
later_id = older.register(SUBJECT, loads(reading(UNIT)))
print(serializer.encode_record_with_schema_id(later_id, dict(GIVEN, unit='mm')).hex())
assert not older.test_compatibility(SUBJECT, loads(reading(REQUIRED)))
assert older.get_version(SUBJECT, loads(reading(UNIT))) == 2
assert older.get_latest_schema(SUBJECT)[0] == later_id

# the newer client
newer = SchemaRegistryClient({'url': URL})
assert newer.register_schema(SUBJECT, Schema(reading(), 'AVRO')) == schema_id
assert json.loads(newer.get_schema(schema_id).schema_str) == json.loads(reading())
assert newer.lookup_schema(SUBJECT, Schema(reading(UNIT), 'AVRO')).version == 2
assert newer.get_versions(SUBJECT) == [1, 2]
assert SUBJECT in newer.get_subjects()
assert newer.get_latest_version(SUBJECT).schema_id == later_id
assert newer.get_version(SUBJECT, 1).schema_id == schema_id
assert not newer.test_compatibility(SUBJECT, Schema(reading(REQUIRED), 'AVRO'))
assert newer.get_compatibility() == 'BACKWARD'
newer.set_compatibility(SUBJECT, 'FULL')
assert newer.get_compatibility(SUBJECT) == 'FULL'
refused(409, 409, newer.register_schema, SUBJECT, Schema(reading(REQUIRED), 'AVRO'))
refused(422, 42201, newer.register_schema, SUBJECT, Schema('record', 'AVRO'))
refused(404, 40401, newer.get_versions, 'python-nothing')
refused(404, 40403, newer.get_schema, 1000000)
assert newer.delete_version(SUBJECT, 2) == 2
assert newer.delete_subject(SUBJECT) == [1]

# a name that has to be encoded
newer.register_schema('odd/näme ?&%2F', Schema(reading(), 'AVRO'))
assert newer.get_versions('odd/näme ?&%2F') == [1]
print('done')
