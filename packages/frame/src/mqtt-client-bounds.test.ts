import { Readable } from 'node:stream';
import test from 'ava';
import { boundMqttClient } from './mqtt-client-bounds.js';
import { MqttFault } from './mqtt-guard.js';

/** A bounded client, once its stream flows. */
async function client(maxMessage = 1000) {
  const stream = new Readable({ read() {} });
  const read: Buffer[] = [];
  stream.on('data', (chunk) => read.push(chunk));
  const faults: MqttFault[] = [];
  const bounded = { stream, incomingStore: {}, handleMessage: (_packet: never, done: () => void): void => done() };
  boundMqttClient(bounded, maxMessage, (fault) => faults.push(fault));
  await new Promise((resolve) => setImmediate(resolve));
  return { bounded, stream, read, faults };
}

interface Store {
  put(packet: object, done: () => void): void;
  get(packet: object, found: (error: Error | null, packet?: object) => void): void;
  del(packet: object, found?: () => void): void;
  close(done: () => void): void;
}

test('nothing is read of bytes with a fault, nor of later ones', async (t) => {
  const { stream, read, faults } = await client();
  stream.push(Buffer.from([0xd0, 0]));
  stream.push(Buffer.from([0xd0, 0, 0x10, 0]));
  stream.push(Buffer.from([0xd0, 0]));
  t.is(Buffer.concat(read).length, 2);
  t.is(faults.length, 1);
});

test('an error of the reader is a fault of the server', async (t) => {
  const { stream, faults } = await client();
  stream.on('data', () => {
    throw new RangeError('out of range');
  });
  stream.push(Buffer.from([0xd0, 0]));
  t.true(faults[0] instanceof MqttFault);
  t.regex(faults[0]?.message ?? '', /cannot be read \(RangeError: out of range\)/);
});

test('only the newest QoS 2 messages are kept, and few', async (t) => {
  const store = (await client(1000)).bounded.incomingStore as Store;
  const put = (messageId: number, length: number) =>
    new Promise<void>((resolve) => store.put({ messageId, payload: Buffer.alloc(length) }, resolve));
  const has = (messageId: number): boolean => {
    let there = false;
    store.get({ messageId }, (error) => {
      there = !error;
    });
    return there;
  };
  for (let id = 1; id <= 100; id++) await put(id, 1);
  t.deepEqual([has(1), has(36), has(37), has(100)], [false, false, true, true]);
  await put(200, 950);
  t.deepEqual([has(50), has(100), has(200)], [false, true, true]);
  store.del({ messageId: 200 });
  t.false(has(200));
  store.close(() => {});
  await put(1, 10);
  t.true(has(1), 'also after the end, because the library may use it');
});

test('endless messages leave time for everything else', async (t) => {
  const { bounded, stream } = await client();
  stream.push(Buffer.from([0xd0, 0]));
  let handled = 0;
  let isOver = false;
  const next = (): void => {
    handled += 1;
    if (!isOver) bounded.handleMessage(undefined as never, next);
  };
  next();
  // Only reached if the messages of one turn end.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  isOver = true;
  t.true(handled >= 32 && handled < 1000, `${handled}`);
});
