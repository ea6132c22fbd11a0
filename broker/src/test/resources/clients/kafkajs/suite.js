// kafkajs against a broker: produces and administers. The broker's address is the argument. What it produced is read back by
// the test, because its consumers always belong to a group.
'use strict';

const assert = require('node:assert');
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = require('kafkajs');

CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy');

const kafka = new Kafka({ clientId: 'suite', brokers: [process.argv[2]], logLevel: logLevel.NOTHING });
const hour = 3600000;
const start = 1700000000000;

async function withAdmin(use) {
  const admin = kafka.admin({ retry: { retries: 2 } });
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

async function create(name, numPartitions = 1, configEntries = []) {
  const topic = `kafkajs-${name}`;
  const made = await withAdmin((admin) =>
    admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }] }));
  assert.strictEqual(made, true);
  return topic;
}

async function send(topic, messages, sending = {}, settings = {}) {
  const producer = kafka.producer(settings);
  await producer.connect();
  try {
    return await producer.send({ topic, messages: messages.map((each) => ({ partition: 0, ...each })), ...sending });
  } finally {
    await producer.disconnect();
  }
}

function numbered(text) {
  return Array.from({ length: 200 }, (_, i) => ({ key: `key ${i}`, value: `${text} ${i}` }));
}

async function refused(type, call) {
  await assert.rejects(call, (error) => {
    const types = [error.type, error.cause?.type, ...(error.errors || []).map((each) => each.type)];
    assert.ok(types.includes(type), `${types} instead of ${type}: ${error}`);
    return true;
  });
}

const checks = {
  async codecs() {
    for (const codec of ['None', 'GZIP', 'Snappy']) {
      const topic = await create(`codec-${codec}`);
      await send(topic, numbered('compress me, compress me'), { compression: CompressionTypes[codec] });
    }
  },

  async acknowledgements() {
    for (const acks of [0, 1, -1]) {
      const topic = await create(`acks-${acks}`);
      const told = await send(topic, numbered('acknowledged'), { acks });
      if (acks !== 0) {
        assert.deepStrictEqual(told.map((each) => [each.partition, each.baseOffset]), [[0, '0']]);
      }
    }
  },

  async idempotent() {
    const topic = await create('idempotent');
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (let i = 0; i < 20; i++) {
      const told = await producer.send({ topic, messages: [{ value: `value ${i}`, partition: 0 }] });
      assert.strictEqual(told[0].baseOffset, String(i));
    }
    await producer.disconnect();
  },

  async parts() {
    const topic = await create('parts', 1, [{ name: 'retention.ms', value: '-1' }]);
    await send(topic, [
      { key: 'key', value: 'value', headers: { one: '1', twice: ['a', 'b'] }, timestamp: String(start) },
      { key: null, value: 'no key', timestamp: String(start + hour) },
      { key: 'no value', value: null, timestamp: String(start + 2 * hour) },
    ]);
    await withAdmin(async (admin) => {
      assert.deepStrictEqual(await admin.fetchTopicOffsets(topic),
        [{ partition: 0, offset: '3', high: '3', low: '0' }]);
      const found = async (time) => (await admin.fetchTopicOffsetsByTimestamp(topic, time))[0].offset;
      assert.strictEqual(await found(start), '0');
      assert.strictEqual(await found(start + 1), '1');
      assert.strictEqual(await found(start + 2 * hour), '2');
    });
  },

  async tooLarge() {
    const topic = await create('too-large', 1, [{ name: 'max.message.bytes', value: '1000' }]);
    await refused('MESSAGE_TOO_LARGE', send(topic, [{ value: 'x'.repeat(5000) }], {}, { retry: { retries: 0 } }));
  },

  async administration() {
    const topic = await create('administered', 3, [{ name: 'retention.ms', value: '12345678' }]);
    await withAdmin(async (admin) => {
      assert.ok((await admin.listTopics()).includes(topic));
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      assert.deepStrictEqual(topics[0].partitions.map((each) => each.partitionId).sort(), [0, 1, 2]);
      assert.ok(topics[0].partitions.every((each) => each.leader === 1));
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: topic, configNames: ['retention.ms'] }],
      });
      assert.strictEqual(resources[0].configEntries[0].configValue, '12345678');
      const cluster = await admin.describeCluster();
      assert.deepStrictEqual(cluster.brokers.map((each) => each.nodeId), [1]);
      assert.strictEqual(cluster.controller, 1);
      assert.strictEqual(await admin.createTopics({ topics: [{ topic }] }), false, 'it is there already');
      assert.strictEqual(await admin.createTopics({ topics: [{ topic: 'kafkajs-defaults' }] }), true);
      await refused('INVALID_TOPIC_EXCEPTION', admin.createTopics({ topics: [{ topic: 'no/topic' }] }));
      await refused('INVALID_REPLICATION_FACTOR',
        admin.createTopics({ topics: [{ topic: 'kafkajs-many', replicationFactor: 3 }] }));
      await admin.deleteTopics({ topics: [topic] });
      while ((await admin.listTopics()).includes(topic));
      await refused('UNKNOWN_TOPIC_OR_PARTITION', admin.deleteTopics({ topics: [topic] }));
    });
  },
};

(async () => {
  for (const [title, check] of Object.entries(checks)) {
    console.log(title);
    await check();
  }
  console.log('done');
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
