import { type Sequenced, subscription } from '@framehub/frame';
import test from 'ava';
import { Broker } from './index.js';
import { ManualProducer } from './manual-producer.fixture.js';

function setup(options?: ConstructorParameters<typeof Broker>[0]) {
  const broker = new Broker<Sequenced>(options);
  const producers = new Map<string, ManualProducer>();
  const provider = broker.provide('garage', (topic) => {
    if (!topic.startsWith('garage/')) return undefined;
    const producer = new ManualProducer();
    producers.set(topic, producer);
    return producer;
  });
  return { broker, producers, provider };
}

test('equal requests share one producer, which is stopped with the last of them', (t) => {
  const { broker, producers } = setup();
  const one = broker.subscribe('garage/jpeg', () => {});
  const two = broker.subscribe('garage/jpeg', () => {});
  const other = broker.subscribe('garage/jpeg?rotate=90', () => {});
  t.deepEqual([...producers.keys()], ['garage/jpeg', 'garage/jpeg?rotate=90']);
  t.like(broker.topics()[0], { name: 'garage/jpeg', provider: 'garage', subscribers: 2 });
  one.close();
  two.close();
  other.close();
  t.deepEqual(broker.topics(), []);
  t.is(producers.get('garage/jpeg')?.stopped, 1);
});

test('a topic without provider is an error', (t) => {
  const { broker, provider } = setup();
  t.throws(() => broker.subscribe('attic/jpeg', () => {}), { code: 'BROKER_UNKNOWN_TOPIC', message: /attic/ });
  provider.close();
  t.throws(() => broker.subscribe('garage/jpeg', () => {}), { code: 'BROKER_UNKNOWN_TOPIC' });
});

test('two providers cannot have the same name', (t) => {
  const { broker } = setup();
  t.throws(() => broker.provide('garage', () => undefined), { code: 'BROKER_DUPLICATE_PROVIDER' });
});

test('when a provider is removed its topics remain for their subscribers, and new ones are created by the next provider', (t) => {
  const { broker, producers, provider } = setup();
  const seen: string[] = [];
  const old = broker.subscribe('garage/jpeg', () => seen.push('old'));
  const first = producers.get('garage/jpeg');
  provider.close();
  t.deepEqual(broker.topics(), []);
  t.is(broker.latest('garage/jpeg'), undefined);
  const next = new ManualProducer();
  broker.provide('garage', () => next);
  broker.subscribe('garage/jpeg', () => seen.push('new'));
  first?.emit(1000);
  next.emit(1);
  t.deepEqual(seen, ['old', 'new']);
  old.close();
  t.is(first?.stopped, 1);
  t.is(broker.topics().length, 1);
});

test('drops of removed topics stay in the totals of their provider', (t) => {
  const { broker, producers } = setup();
  const lateFor = (topic: string) => {
    const subscribed = broker.subscribe(topic, () => {});
    for (const sequence of [2, 1]) producers.get(topic)?.emit(sequence);
    return subscribed;
  };
  lateFor('garage/1').close();
  lateFor('garage/2');
  t.deepEqual(broker.dropped('garage'), { late: 2 });
  t.deepEqual(broker.dropped('attic'), {});
});

test('the topics of a provider for clients are limited, and unsubscribing frees one', (t) => {
  const { broker } = setup({ maxTopicsPerProvider: 2 });
  const first = broker.subscribe('garage/1', () => {}, { client: 'a' });
  broker.subscribe('garage/2', () => {}, { client: 'b' });
  t.throws(() => broker.subscribe('garage/3', () => {}, { client: 'c' }), {
    code: 'BROKER_TOO_MANY_TOPICS',
    message:
      "'garage' has 2 different renditions, which is the limit: request one of those or the plain one, or try again later",
  });
  t.notThrows(() => broker.subscribe('garage/2', () => {}, { client: 'c' }));
  first.close();
  t.notThrows(() => broker.subscribe('garage/3', () => {}, { client: 'c' }));
});

test('the topics of one client are limited, including those that it shares with others', (t) => {
  const { broker } = setup({ maxTopicsPerClient: 2 });
  const subscribe = (topic: string, client: string) => broker.subscribe(topic, () => {}, { client });
  const refused = {
    code: 'BROKER_TOO_MANY_TOPICS',
    message: /^'garage' has 2 different renditions for one client/,
  };
  const first = subscribe('garage/1', 'a');
  subscribe('garage/2', 'b');
  subscribe('garage/2', 'a');
  t.throws(() => subscribe('garage/3', 'a'), refused);
  subscribe('garage/3', 'b');
  t.throws(() => subscribe('garage/3', 'a'), refused, 'although another client has it');
  const again = subscribe('garage/1', 'a');
  first.close();
  t.throws(() => subscribe('garage/3', 'a'), refused, 'it still has the first');
  again.close();
  t.notThrows(() => subscribe('garage/3', 'a'));
});

test('by default clients may have 16 topics of a provider, and each of them 4', (t) => {
  const { broker } = setup();
  const subscribe = (topic: number, client: number) =>
    broker.subscribe(`garage/${topic}`, () => {}, { client: `${client}` });
  for (let topic = 0; topic < 16; topic++) subscribe(topic, topic >> 2);
  t.throws(() => subscribe(0, 1), { code: 'BROKER_TOO_MANY_TOPICS', message: /4 different renditions for one client/ });
  t.throws(() => subscribe(16, 4), { code: 'BROKER_TOO_MANY_TOPICS', message: /16 different renditions,/ });
});

test('a client that has left a topic may have another one, although others keep the first', (t) => {
  const { broker } = setup({ maxTopicsPerClient: 1 });
  const subscribe = (topic: string, client: string) => broker.subscribe(topic, () => {}, { client });
  subscribe('garage/1', 'b');
  subscribe('garage/1', 'a').close();
  t.notThrows(() => subscribe('garage/2', 'a'));
});

test('a refused subscription leaves no topic behind', (t) => {
  const { broker, producers } = setup({ maxTopicsPerClient: 1 });
  broker.subscribe('garage/1', () => {}, { client: 'a' });
  t.throws(() => broker.subscribe('garage/2', () => {}, { client: 'a' }));
  t.deepEqual(
    broker.topics().map(({ name }) => name),
    ['garage/1'],
  );
  t.is(producers.get('garage/2')?.started, 0);
});

test('no limit applies to topics that are always available, and to the program itself', (t) => {
  const broker = new Broker<Sequenced>({ maxTopicsPerProvider: 2, maxTopicsPerClient: 1 });
  broker.provide('garage', () => new ManualProducer(), { always: (topic) => topic === 'garage/jpeg' });
  for (const name of ['garage/own1', 'garage/own2', 'garage/own3']) broker.subscribe(name, () => {});
  broker.subscribe('garage/1', () => {}, { client: 'a' });
  broker.subscribe('garage/2', () => {}, { client: 'b' });
  t.throws(() => broker.subscribe('garage/3', () => {}, { client: 'c' }), { code: 'BROKER_TOO_MANY_TOPICS' });
  for (const client of ['a', 'b', 'c']) t.notThrows(() => broker.subscribe('garage/jpeg', () => {}, { client }));
  t.notThrows(() => broker.subscribe('garage/own4', () => {}));
  t.notThrows(() => broker.subscribe('garage/own1', () => {}, { client: 'c' }), 'it creates no topic');
});

test('latest gives the newest frame of a topic without waiting', (t) => {
  const { broker, producers } = setup();
  t.is(broker.latest('garage/jpeg'), undefined);
  broker.subscribe('garage/jpeg', () => {});
  producers.get('garage/jpeg')?.emit(5);
  t.is(broker.latest('garage/jpeg')?.sequence, 5);
});

test('a slow loop gets the newest frame each time, and leaving it unsubscribes', async (t) => {
  const { broker, producers } = setup();
  const seen: number[] = [];
  const frames = broker.frames('garage/jpeg');
  const first = frames.next();
  const producer = producers.get('garage/jpeg') as ManualProducer;
  producer.emit(1);
  seen.push((await first).value?.sequence ?? -1);
  for (const sequence of [2, 3, 4]) producer.emit(sequence);
  for await (const frame of frames) {
    seen.push(frame.sequence);
    break;
  }
  t.deepEqual(seen, [1, 4]);
  t.is(producer.stopped, 1);
});

test('a signal ends the loop, even while it waits', async (t) => {
  const { broker, producers } = setup();
  const controller = new AbortController();
  const frames = broker.frames('garage/jpeg', { signal: controller.signal });
  const waiting = frames.next();
  controller.abort();
  t.true((await waiting).done);
  t.is(producers.get('garage/jpeg')?.stopped, 1);
});

test('a subscription made while the last one ends has a running producer of its own', (t) => {
  const broker = new Broker<Sequenced>();
  const log: string[] = [];
  let again = (): void => {};
  broker.provide('garage', () => ({
    start() {
      log.push('start');
      return subscription(() => {
        log.push('stop');
        again();
      });
    },
  }));
  const first = broker.subscribe('garage/jpeg', () => {});
  again = () => {
    again = () => {};
    const next = broker.subscribe('garage/jpeg', () => {});
    t.is(broker.topics()[0]?.subscribers, 1);
    next.close();
  };
  first.close();
  t.deepEqual(log, ['start', 'stop', 'start', 'stop']);
  t.deepEqual(broker.topics(), []);
});

test('next gives the latest frame if it is acceptable, or waits for the first that is', async (t) => {
  const { broker, producers } = setup();
  const watching = broker.subscribe('garage/jpeg', () => {});
  producers.get('garage/jpeg')?.emit(5);
  t.is((await broker.next('garage/jpeg')).sequence, 5);
  const newer = broker.next('garage/jpeg', { accept: ({ sequence }) => sequence > 6 });
  producers.get('garage/jpeg')?.emit(6);
  producers.get('garage/jpeg')?.emit(7);
  producers.get('garage/jpeg')?.emit(8);
  t.is((await newer).sequence, 7);
  t.is(broker.topics()[0]?.subscribers, 1);
  watching.close();
});

test('next rejects with the reason of its signal, and subscribes no longer', async (t) => {
  const { broker, producers } = setup();
  const controller = new AbortController();
  const waiting = broker.next('garage/jpeg', { signal: controller.signal });
  controller.abort(new Error('too late'));
  await t.throwsAsync(waiting, { message: 'too late' });
  t.is(producers.get('garage/jpeg')?.stopped, 1);
  await t.throwsAsync(broker.next('garage/jpeg', { signal: controller.signal }), { message: 'too late' });
  await t.throwsAsync(broker.next('attic/jpeg'), { code: 'BROKER_UNKNOWN_TOPIC' });
});

test('a subscription whose signal has aborted makes no topic', async (t) => {
  const { broker, producers } = setup();
  const signal = AbortSignal.abort();
  broker.subscribe('garage/jpeg', () => t.fail(), { signal }).close();
  t.true((await broker.frames('garage/jpeg?width=320', { signal }).next()).done);
  t.deepEqual(broker.topics(), []);
  t.is(producers.size, 0);
});
