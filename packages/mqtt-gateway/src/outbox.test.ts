import { FramehubError } from '@framehub/frame';
import test from 'ava';
import { type Message, stateMessage } from './message.js';
import { Outbox } from './outbox.js';

/** A connection whose messages the test acknowledges. */
class Wire {
  readonly waiting: { message: Message; take: () => void; fail: (error: Error) => void }[] = [];
  readonly send = (message: Message): Promise<void> =>
    new Promise((take, fail) => this.waiting.push({ message, take, fail }));

  get topics(): string[] {
    return this.waiting.map(({ message }) => `${message.topic}=${message.payload}`);
  }

  /** Acknowledges all messages, including those that are sent because of it. */
  async takeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      for (const { take } of this.waiting.splice(0)) take();
      await new Promise(setImmediate);
    }
  }
}

const frame = (payload: string): Message => ({ topic: 'frame', payload, qos: 0, retain: false, volatile: true });

const lost = () => new FramehubError('MQTT_LOST', 'gone');

test('without a connection, the newest of each topic is kept and sent when there is one', async (t) => {
  const outbox = new Outbox(() => t.fail());
  for (let i = 0; i < 1000; i++) outbox.put(stateMessage('a', String(i)));
  outbox.put(stateMessage('b', 'x'));
  outbox.put(frame('f'));
  t.deepEqual(outbox.stats.remembered, { messages: 2, bytes: 4 });
  t.deepEqual(outbox.stats.dropped, { replaced: 999, offline: 1 });
  const wire = new Wire();
  outbox.open(wire.send);
  t.deepEqual(wire.topics, ['a=999', 'b=x']);
  await wire.takeAll();
  t.is(outbox.stats.sent, 2);
});

test('a topic has one message in flight, and the newest follows it', async (t) => {
  const outbox = new Outbox(() => t.fail());
  const wire = new Wire();
  outbox.open(wire.send);
  for (const payload of ['1', '2', '3']) outbox.put(frame(payload));
  t.deepEqual(wire.topics, ['frame=1']);
  await wire.takeAll();
  t.deepEqual(outbox.stats, { sent: 2, dropped: { replaced: 1 }, remembered: { messages: 0, bytes: 0 } });
});

test('after a new connection all retained messages are sent again, and no others', async (t) => {
  const outbox = new Outbox(() => t.fail());
  const wire = new Wire();
  outbox.open(wire.send);
  outbox.put(stateMessage('a', '1'));
  outbox.put({ ...stateMessage('command', '1'), retain: false });
  outbox.put(frame('f'));
  await wire.takeAll();
  outbox.put(stateMessage('b', '2'));
  wire.waiting.splice(0).forEach(({ fail }) => void fail(lost()));
  outbox.shut();
  const next = new Wire();
  outbox.open(next.send);
  t.deepEqual(next.topics, ['a=1', 'b=2']);
});

test('a state that has not changed is not sent twice, but can be repeated', async (t) => {
  const outbox = new Outbox(() => t.fail());
  const wire = new Wire();
  outbox.open(wire.send);
  outbox.set(stateMessage('a', '1'));
  await wire.takeAll();
  outbox.set(stateMessage('a', '1'));
  t.deepEqual(wire.topics, []);
  outbox.repeat('a');
  outbox.repeat('unknown');
  t.deepEqual(wire.topics, ['a=1']);
});

test('a message that the server refuses is not sent again', async (t) => {
  const refused: string[] = [];
  const outbox = new Outbox(({ topic }) => refused.push(topic));
  const wire = new Wire();
  outbox.open(wire.send);
  outbox.put(stateMessage('a', '1'));
  wire.waiting.splice(0).forEach(({ fail }) => void fail(Object.assign(new Error('Not authorized'), { code: 135 })));
  await outbox.drained();
  t.deepEqual(refused, ['a']);
  t.is(outbox.stats.remembered.messages, 0);
});

const pair = (name: string): Message => ({ ...stateMessage('x/a', name), followedBy: stateMessage('x/b', name) });

test('a following message is sent after the first one is acknowledged, and before the next one', async (t) => {
  const outbox = new Outbox(() => t.fail());
  const wire = new Wire();
  outbox.open(wire.send);
  outbox.put(pair('1'));
  outbox.put(pair('2'));
  outbox.put(pair('3'));
  const heard: string[] = [];
  while (wire.waiting.length > 0) {
    heard.push(...wire.topics);
    wire.waiting.shift()?.take();
    await new Promise(setImmediate);
  }
  t.deepEqual(heard, ['x/a=1', 'x/b=1', 'x/a=3', 'x/b=3'], 'one at a time');
  t.deepEqual(outbox.stats, { sent: 4, dropped: { replaced: 1 }, remembered: { messages: 2, bytes: 2 } });

  outbox.clear('x');
  t.deepEqual(wire.topics, ['x/a=']);
  await wire.takeAll();
  t.is(outbox.stats.remembered.messages, 0);
  t.is(outbox.stats.sent, 6, 'both were deleted');
});

test('a message that follows a refused one is not sent', async (t) => {
  const refused: string[] = [];
  const outbox = new Outbox(({ topic }) => refused.push(topic));
  const wire = new Wire();
  outbox.open(wire.send);
  outbox.put(pair('1'));
  wire.waiting.shift()?.fail(new FramehubError('MQTT_TOO_LARGE', 'too large'));
  await outbox.drained();
  t.deepEqual(wire.topics, []);
  outbox.put(pair('2'));
  wire.waiting.shift()?.take();
  await new Promise(setImmediate);
  wire.waiting.shift()?.fail(Object.assign(new Error('Not authorized'), { code: 135 }));
  await outbox.drained();
  t.deepEqual(refused, ['x/a', 'x/b']);
});

test('after a connection lost between the two, both are sent again', async (t) => {
  const outbox = new Outbox(() => t.fail());
  const wire = new Wire();
  outbox.open(wire.send);
  outbox.put(pair('1'));
  wire.waiting.shift()?.take();
  await new Promise(setImmediate);
  outbox.shut();
  wire.waiting.shift()?.fail(lost());
  const next = new Wire();
  outbox.open(next.send);
  t.deepEqual(next.topics, ['x/a=1']);
  next.waiting.shift()?.take();
  await new Promise(setImmediate);
  t.deepEqual(next.topics, ['x/b=1']);
});

test('a cleared topic is deleted at the server, and then forgotten', async (t) => {
  const outbox = new Outbox(() => t.fail());
  const wire = new Wire();
  outbox.open(wire.send);
  for (const topic of ['x/garage/stats', 'x/garage2/stats']) outbox.put(stateMessage(topic, '1'));
  await wire.takeAll();
  outbox.clear('x/garage');
  t.deepEqual(wire.topics, ['x/garage/stats=']);
  await wire.takeAll();
  t.is(outbox.stats.remembered.messages, 1);
});

test('responses do not replace each other, and a limited number of them waits', (t) => {
  const outbox = new Outbox(() => t.fail());
  const wire = new Wire();
  outbox.open(wire.send);
  for (let i = 0; i < 100; i++) outbox.reply({ topic: 'me', payload: String(i), qos: 1, retain: false });
  t.is(wire.waiting.length, 8);
  t.is(outbox.stats.remembered.messages, 32);
  t.is(outbox.stats.dropped['too-many'], 68);
});

test('an outbox is drained when everything is acknowledged, or when the connection is lost', async (t) => {
  const outbox = new Outbox(() => t.fail());
  await outbox.drained();
  const wire = new Wire();
  outbox.open(wire.send);
  outbox.put(stateMessage('a', '1'));
  const drained = outbox.drained();
  await wire.takeAll();
  await drained;
  outbox.put(stateMessage('a', '2'));
  const given = outbox.drained();
  outbox.shut();
  await given;
  t.pass();
});
