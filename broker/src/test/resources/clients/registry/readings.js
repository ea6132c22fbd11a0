// What the tests of all clients in this directory write and read.
'use strict';

const assert = require('node:assert');

exports.reading = {
  type: 'record',
  name: 'Reading',
  namespace: 'weather',
  fields: [
    { name: 'place', type: 'string' },
    { name: 'count', type: 'long' },
    { name: 'level', type: 'double' },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
};
exports.reading2 = { ...exports.reading, fields: [...exports.reading.fields, { name: 'unit', type: 'string', default: 'cm' }] };
exports.address = { type: 'record', name: 'Address', namespace: 'shop', fields: [{ name: 'city', type: 'string' }] };
exports.person = { type: 'record', name: 'Person', namespace: 'shop', fields: [{ name: 'home', type: 'shop.Address' }] };

exports.given = { place: 'Zürich', count: 9007199254740990, level: 0.5, tags: ['a', ''], note: null };

exports.isReading = (value) => assert.deepStrictEqual({ ...value, tags: [...value.tags] }, exports.given);
