import { type Sequenced, subscription } from '@framehub/frame';
import test from 'ava';
import { Topic } from './index.js';
import { ManualProducer } from './manual-producer.fixture.js';

function setup() {
  const producer = new ManualProducer();
  const idle: string[] = [];
  const errors: object[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (data: object) => errors.push(data) };
  const topic = new Topic<Sequenced>('garage/jpeg', producer, { logger, onIdle: () => idle.push('idle') });
  const seen: number[] = [];
  return { producer, topic, idle, errors, seen, listen: (frame: Sequenced) => seen.push(frame.sequence) };
}

test('the producer runs exactly while there are subscribers', (t) => {
  const { producer, topic, idle, listen } = setup();
  t.is(producer.started, 0);
  const [first, second] = [topic.subscribe(listen), topic.subscribe(listen)];
  t.is(producer.started, 1);
  first.close();
  t.is(producer.stopped, 0);
  second.close();
  second.close();
  t.is(producer.stopped, 1);
  t.deepEqual(idle, ['idle']);
  topic.subscribe(listen);
  t.is(producer.started, 2);
});

test('every subscriber gets every frame, and the newest is kept as the latest', (t) => {
  const { producer, topic, seen, listen } = setup();
  topic.subscribe(listen);
  topic.subscribe(listen);
  producer.emit(1);
  producer.emit(2);
  t.deepEqual(seen, [1, 1, 2, 2]);
  t.is(topic.latest?.sequence, 2);
  t.is(topic.published, 2);
});

test('without subscribers there is no latest frame', (t) => {
  const { producer, topic, listen } = setup();
  const subscribed = topic.subscribe(listen);
  producer.emit(1);
  subscribed.close();
  t.is(topic.latest, undefined);
});

test('a frame older than the last is dropped and counted', (t) => {
  const { producer, topic, seen, listen } = setup();
  topic.subscribe(listen);
  for (const sequence of [1, 3, 2, 3, 4]) producer.emit(sequence);
  t.deepEqual(seen, [1, 3, 4]);
  t.deepEqual(topic.dropped.toJSON(), { late: 2 });
});

test('a frame that a stopped producer still delivers is ignored', (t) => {
  const { producer, topic, seen, listen } = setup();
  topic.subscribe(listen).close();
  producer.emit(1);
  t.deepEqual(seen, []);
  t.is(topic.published, 0);
});

test('a subscriber that throws is closed, and the others get every frame', (t) => {
  const { producer, topic, seen, errors, listen } = setup();
  topic.subscribe(() => {
    throw new Error('mine alone');
  });
  topic.subscribe(listen);
  producer.emit(1);
  producer.emit(2);
  t.deepEqual(seen, [1, 2]);
  t.is(topic.subscribers, 1);
  t.is(errors.length, 1);
});

test('a subscriber may unsubscribe while it is called', (t) => {
  const { producer, topic, seen, listen } = setup();
  const once = topic.subscribe(() => once.close());
  topic.subscribe(listen);
  producer.emit(1);
  producer.emit(2);
  t.deepEqual(seen, [1, 2]);
});

test('fps thins the frames of one subscriber and not of the others', (t) => {
  const { producer, topic, seen, listen } = setup();
  const slow: number[] = [];
  topic.subscribe(listen);
  topic.subscribe((frame) => slow.push(frame.sequence), { fps: 10 });
  for (let sequence = 1; sequence <= 30; sequence++) producer.emit(sequence);
  t.is(seen.length, 30);
  t.is(slow.length, 10);
});

test('a producer that fails to start leaves no subscriber behind', (t) => {
  const topic = new Topic<Sequenced>('bad', {
    start() {
      throw new Error('no camera');
    },
  });
  t.throws(() => topic.subscribe(() => {}), { message: 'no camera' });
  t.is(topic.subscribers, 0);
});

test('a frame delivered before start has returned is ignored', (t) => {
  const topic = new Topic<Sequenced>('early', {
    start(sink) {
      sink({ sequence: 1, capturedAt: 0 });
      return subscription(() => {});
    },
  });
  topic.subscribe(() => t.fail('the contract of a producer'));
  t.is(topic.latest, undefined);
});

test('a subscription ends when its signal aborts', (t) => {
  const { producer, topic, seen, listen } = setup();
  const controller = new AbortController();
  topic.subscribe(listen, { signal: controller.signal });
  producer.emit(1);
  controller.abort();
  producer.emit(2);
  t.deepEqual(seen, [1]);
  t.is(producer.stopped, 1);
  topic.subscribe(listen, { signal: controller.signal });
  t.is(topic.subscribers, 0);
});

test('a subscriber added by a listener starts with the next frame', (t) => {
  const { producer, topic, seen, listen } = setup();
  const invite = (): void => {
    topic.subscribe(invite);
  };
  topic.subscribe(invite);
  topic.subscribe(listen);
  producer.emit(1);
  t.is(topic.subscribers, 3);
  t.deepEqual(seen, [1]);
  producer.emit(2);
  t.is(topic.subscribers, 5);
});

test('no subscriber gets an older frame after a newer one that a listener published', (t) => {
  const { producer, topic, seen, listen } = setup();
  topic.subscribe(({ sequence }) => sequence === 1 && producer.emit(2));
  topic.subscribe(listen);
  producer.emit(1);
  t.deepEqual(seen, [2]);
});

test('the same listener may subscribe twice, and unsubscribe once', (t) => {
  const { producer, topic, seen, listen } = setup();
  const [first] = [topic.subscribe(listen), topic.subscribe(listen)];
  first.close();
  producer.emit(1);
  t.deepEqual(seen, [1]);
});

test('a producer whose stop fails leaves a topic that can start again', (t) => {
  let started = 0;
  const idle: string[] = [];
  const start = () => {
    started += 1;
    return subscription(() => {
      throw new Error('stuck');
    });
  };
  const topic = new Topic<Sequenced>('stuck', { start }, { onIdle: () => idle.push('idle') });
  t.throws(() => topic.subscribe(() => {}).close(), { message: 'stuck' });
  t.deepEqual(idle, ['idle']);
  topic.subscribe(() => {});
  t.is(started, 2);
});
