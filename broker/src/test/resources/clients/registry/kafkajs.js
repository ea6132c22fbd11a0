// @kafkajs/confluent-schema-registry against a broker. Arguments: the registry's URL, and what our serializer wrote, in hex.
// What it writes itself it prints, in hex.
'use strict';

const assert = require('node:assert');
const { SchemaRegistry, SchemaType, COMPATIBILITY } = require('@kafkajs/confluent-schema-registry');
const { reading, reading2, person, address, given, isReading } = require('./readings');

const [host, ours] = process.argv.slice(2);
const registry = new SchemaRegistry({ host, retry: { retries: 0 } });

async function main() {
  // what ours wrote
  isReading(await registry.decode(Buffer.from(ours, 'hex')));

  // its own
  const subject = 'kafkajs-value';
  const { id } = await registry.register(
    { type: SchemaType.AVRO, schema: JSON.stringify(reading) }, { subject, compatibility: COMPATIBILITY.BACKWARD });
  assert.strictEqual(await registry.getLatestSchemaId(subject), id);
  assert.strictEqual(await registry.getRegistryId(subject, 1), id);
  assert.strictEqual(
    await registry.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema: JSON.stringify(reading) }), id);
  const encoded = await registry.encode(id, given);
  isReading(await registry.decode(encoded));
  console.log(encoded.toString('hex'));

  // a version that goes with it, and one that does not
  const second = await registry.register({ type: SchemaType.AVRO, schema: JSON.stringify(reading2) }, { subject });
  assert.strictEqual(await registry.getLatestSchemaId(subject), second.id);
  const later = await registry.encode(second.id, { ...given, unit: 'mm' });
  isReading(await registry.decode(later, { [SchemaType.AVRO]: { readerSchema: reading } }));
  console.log(later.toString('hex'));
  const narrower = { ...reading, fields: [...reading.fields, { name: 'required', type: 'int' }] };
  await assert.rejects(
    registry.register({ type: SchemaType.AVRO, schema: JSON.stringify(narrower) }, { subject }),
    (error) => error.status === 409 && /required/.test(error.message));
  await assert.rejects(registry.getLatestSchemaId('kafkajs-nothing'), (error) => error.status === 404);
  await assert.rejects(registry.getSchema(1000000), (error) => error.status === 404);

  // references
  await registry.register({ type: SchemaType.AVRO, schema: JSON.stringify(address) }, { subject: 'kafkajs-address' });
  const references = [{ name: 'shop.Address', subject: 'kafkajs-address', version: 1 }];
  const { id: personId } = await registry.register(
    { type: SchemaType.AVRO, schema: JSON.stringify(person), references }, { subject: 'kafkajs-person' });
  const fresh = new SchemaRegistry({ host, retry: { retries: 0 } });
  const bytes = await fresh.encode(personId, { home: { city: 'Bern' } });
  assert.strictEqual((await fresh.decode(bytes)).home.city, 'Bern');
  console.log(bytes.toString('hex'));
}

main().then(() => console.log('done'), (error) => {
  console.error(error);
  process.exitCode = 1;
});
