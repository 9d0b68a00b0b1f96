import { until } from '@framehub/testing';
import test from 'ava';
import { serve } from './house.fixture.js';
import { BINARY, CLOSE, codeOf, RawClient } from './raw-client.fixture.js';

test('when the hub stops nothing follows the goodbye, and who does not answer it is not waited for', async (t) => {
  const { garage, gateway, url } = await serve(t);
  const client = await RawClient.connect(t, url, '/ws/garage');
  garage.publish();
  await until(() => client.frames.length === 1);
  const closed = gateway.close();
  for (let i = 0; i < 10; i++) {
    garage.publish();
    await new Promise(setImmediate);
  }
  await closed;
  const [picture, goodbye, ...more] = await client.gone();
  t.is(picture?.opcode, BINARY);
  t.is(goodbye && codeOf(goodbye), 1001);
  t.deepEqual(more, []);
});

test('who talks nonsense is shown the door, and does not get to hold it open', async (t) => {
  const { garage, gateway, url } = await serve(t);
  const client = await RawClient.connect(t, url, '/ws');
  client.say('{"op":"subscribe","id":1,"camera":"garage","credit":16}');
  await until(() => garage.sinks.size === 1);
  const begin = performance.now();
  for (let i = 0; i < 12; i++) client.say('nonsense');
  await until(() => gateway.traffic.clientsDropped.toJSON().expelled === 1);
  t.is(gateway.traffic.of('garage').viewers, 0, 'it is no viewer any more');
  garage.publish();
  const frames = await client.gone();
  t.true(performance.now() - begin < 10_000);
  t.is(frames.at(-1)?.opcode, CLOSE);
  t.is(codeOf(frames.at(-1) as (typeof frames)[0]), 1008);
  t.false(frames.some(({ opcode }) => opcode === BINARY));
});

test('a connection that is for one camera ends with it, and no other does', async (t) => {
  const { house, gateway, url } = await serve(t);
  const garage = await RawClient.connect(t, url, '/ws/garage');
  const printer = await RawClient.connect(t, url, '/ws/printer');
  house.set('printer');
  t.is(gateway.traffic.of('garage').viewers, 0);
  const frames = await garage.gone();
  t.deepEqual(
    frames.map((frame) => [frame.opcode, codeOf(frame)]),
    [[CLOSE, 1001]],
  );
  house.camera('printer').publish();
  await until(() => printer.frames.length === 1);
  t.is(gateway.connections, 1);
});
