// @confluentinc/schemaregistry against a broker; arguments and output as in kafkajs.js.
'use strict';

const assert = require('node:assert');
// By their files: the package itself loads the clients of four key services first, which takes far longer than all of this.
const { SchemaRegistryClient } = require('@confluentinc/schemaregistry/dist/schemaregistry-client');
const { SerdeType } = require('@confluentinc/schemaregistry/dist/serde/serde');
const { AvroSerializer, AvroDeserializer } = require('@confluentinc/schemaregistry/dist/serde/avro');
const { reading, reading2, person, address, given, isReading } = require('./readings');

const [url, ours] = process.argv.slice(2);
const connect = () => new SchemaRegistryClient({ baseURLs: [url], maxRetries: 0 });
const client = connect();
const avro = (schema, references) => ({ schemaType: 'AVRO', schema: JSON.stringify(schema), references });

async function refused(status, code, call) {
  await assert.rejects(call, (error) => {
    assert.strictEqual(error.status, status, String(error));
    assert.strictEqual(error.errorCode, code, String(error));
    return true;
  });
}

async function main() {
  // what ours wrote
  const deserializer = new AvroDeserializer(client, SerdeType.VALUE, {});
  isReading(await deserializer.deserialize('ours', Buffer.from(ours, 'hex')));

  // its own
  const subject = 'confluentinc-value';
  const id = await client.register(subject, avro(reading), false);
  const serializer = new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true });
  const encoded = await serializer.serialize('confluentinc', given);
  isReading(await deserializer.deserialize('confluentinc', encoded));
  console.log(encoded.toString('hex'));

  // a version that goes with it, and one that does not
  assert.strictEqual(await client.testSubjectCompatibility(subject, avro(reading2)), true);
  const second = await client.register(subject, avro(reading2), true);
  const later = await new AvroSerializer(client, SerdeType.VALUE, { useSchemaId: second, autoRegisterSchemas: false })
    .serialize('confluentinc', { ...given, unit: 'mm' });
  console.log(later.toString('hex'));
  const narrower = { ...reading, fields: [...reading.fields, { name: 'required', type: 'int' }] };
  assert.strictEqual(await client.testSubjectCompatibility(subject, avro(narrower)), false);
  assert.strictEqual(await client.testCompatibility(subject, 1, avro(narrower)), false);
  await refused(409, 409, client.register(subject, avro(narrower), false));

  // all that the client can ask for
  assert.strictEqual(await client.getId(subject, avro(reading), false), id);
  assert.strictEqual(await client.getVersion(subject, avro(reading2), false, false), 2);
  assert.deepStrictEqual(await client.getAllVersions(subject), [1, 2]);
  assert.ok((await client.getAllSubjects()).includes(subject));
  assert.strictEqual((await connect().getLatestSchemaMetadata(subject)).version, 2); // the other remembers 1
  assert.strictEqual((await client.getSchemaMetadata(subject, 1, false)).id, id);
  assert.deepStrictEqual(JSON.parse((await client.getBySubjectAndId(subject, id)).schema), reading);
  assert.strictEqual(await client.getDefaultCompatibility(), 'BACKWARD');
  await refused(404, 40408, client.getCompatibility(subject));
  assert.strictEqual(await client.updateCompatibility(subject, 'FULL'), 'FULL');
  assert.strictEqual(await client.getCompatibility(subject), 'FULL');
  await refused(404, 40401, client.getAllVersions('confluentinc-nothing'));
  await refused(404, 40403, client.getBySubjectAndId(subject, 1000000));
  await refused(422, 42201, client.register(subject, { schemaType: 'AVRO', schema: 'record' }, false));
  await refused(422, 42201, client.register(subject, { schemaType: 'JSON', schema: '{}' }, false));
  assert.strictEqual(await client.deleteSubjectVersion(subject, 2, false), 2);
  await refused(404, 40407, client.deleteSubjectVersion(subject, 1, true));
  await client.register('confluentinc-gone', avro('boolean'), false);
  assert.deepStrictEqual(await client.deleteSubject('confluentinc-gone', false), [1]);
  assert.deepStrictEqual(await client.deleteSubject('confluentinc-gone', true), [1]);

  // references
  await client.register('confluentinc-address', avro(address), false);
  const references = [{ name: 'shop.Address', subject: 'confluentinc-address', version: 1 }];
  await client.register('confluentinc-person-value', avro(person, references), false);
  await refused(422, 42206, client.deleteSubject('confluentinc-address', false));
  const bytes = await serializer.serialize('confluentinc-person', { home: { city: 'Bern' } });
  assert.strictEqual((await deserializer.deserialize('confluentinc-person', bytes)).home.city, 'Bern');
  console.log(bytes.toString('hex'));
  await client.close();
}

main().then(() => console.log('done'), (error) => {
  console.error(error);
  process.exitCode = 1;
});
