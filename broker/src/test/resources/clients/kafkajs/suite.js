// kafkajs against a broker: produces, consumes in groups and administers. The broker's address is the argument. What it
// produced is read back by the test as well, because a consumer of its own understands all that it wrote.
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
    const types = [error.type, error.cause?.type, ...(error.errors || []).map((each) => each.type),
      ...(error.groups || []).map((each) => each.error.type)];
    assert.ok(types.includes(type), `${types} instead of ${type}: ${error}`);
    return true;
  });
}

async function until(what, done) {
  for (let i = 0; i < 600; i++) {
    if (await done()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${what} did not happen`);
}

// A member of a group; what it reads goes to the array, and its partitions to `partitions`.
async function member(groupId, topic, read, settings = {}) {
  const consumer = kafka.consumer({
    groupId, heartbeatInterval: 100, sessionTimeout: 30000, rebalanceTimeout: 30000, maxWaitTimeInMs: 100, ...settings,
  });
  const state = { consumer, partitions: [] };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    state.partitions = payload.memberAssignment[topic] || [];
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommitInterval: 50,
    eachMessage: async ({ message }) => {
      read.push(message.value.toString());
    },
  });
  return state;
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

  async groups() {
    const topic = await create('grouped', 4);
    const groupId = 'kafkajs-group';
    const read = [];
    const members = [await member(groupId, topic, read)];
    let sent = [];
    const sendAll = async (text) => {
      const messages = numbered(text).map((each, i) => ({ ...each, partition: i % 4 }));
      await send(topic, messages);
      sent = sent.concat(messages.map((each) => each.value)).sort();
    };
    const shared = () => {
      const owned = members.flatMap((each) => each.partitions).sort();
      return JSON.stringify(owned) === '[0,1,2,3]' && members.every((each) => each.partitions.length > 0);
    };
    const readAll = () => until('reading all', () => new Set(read).size >= sent.length);

    await sendAll('one reads');
    await readAll();
    members.push(await member(groupId, topic, read), await member(groupId, topic, read));
    await until('a group of three', shared);
    await sendAll('three read');
    await readAll();
    await withAdmin(async (admin) => {
      const { groups } = await admin.describeGroups([groupId]);
      assert.strictEqual(groups[0].state, 'Stable');
      assert.strictEqual(groups[0].members.length, 3);
      assert.ok((await admin.listGroups()).groups.some((each) => each.groupId === groupId));
      await refused('NON_EMPTY_GROUP', admin.deleteGroups([groupId]));
    });
    await members.pop().consumer.disconnect();
    await members.pop().consumer.disconnect();
    await until('a group of one', shared);
    await sendAll('one reads again');
    await readAll();
    assert.deepStrictEqual([...new Set(read)].sort(), sent);
    await members.pop().consumer.disconnect();

    await withAdmin(async (admin) => {
      const offsets = async () => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0].partitions
        .sort((one, other) => one.partition - other.partition).map((each) => each.offset);
      assert.deepStrictEqual(await offsets(), ['150', '150', '150', '150']);
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 1, offset: '140' }] });
      assert.deepStrictEqual(await offsets(), ['150', '140', '150', '150']);
    });
    const again = [];
    const last = await member(groupId, topic, again);
    await until('reading again', () => again.length >= 10);
    assert.strictEqual(again.length, 10);
    await last.consumer.disconnect();
    await withAdmin(async (admin) => {
      await admin.deleteGroups([groupId]);
      assert.ok(!(await admin.listGroups()).groups.some((each) => each.groupId === groupId));
    });
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
