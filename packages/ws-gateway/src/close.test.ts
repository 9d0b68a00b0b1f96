import { until } from '@framehub/testing';
import test from 'ava';
import { serve } from './gateway.fixture.js';
import { BINARY, CLOSE, codeOf, RawClient } from './raw-client.fixture.js';

test('when the gateway closes, nothing follows the close frame, and a client that does not answer it is not waited for', async (t) => {
  const { garage, gateway, url } = await serve(t);
  const client = await RawClient.connect(t, url, '/ws/garage');
  garage.publish();
  await until('a frame was received', () => client.frames.length === 1);
  const closed = gateway.close();
  for (let i = 0; i < 10; i++) {
    garage.publish();
    await new Promise(setImmediate);
  }
  await closed;
  const [frame, close, ...more] = await client.gone();
  t.is(frame?.opcode, BINARY);
  t.is(close && codeOf(close), 1001);
  t.deepEqual(more, []);
});

test('a client that sends invalid messages is closed, whether or not it answers the close frame', async (t) => {
  const { garage, gateway, url } = await serve(t);
  const client = await RawClient.connect(t, url, '/ws');
  client.send('{"op":"subscribe","id":1,"camera":"garage","credit":16}');
  await until('the camera has a viewer', () => garage.sinks.size === 1);
  const begin = performance.now();
  for (let i = 0; i < 12; i++) client.send('nonsense');
  await until('the client was closed', () => gateway.traffic.clientsDropped.toJSON().protocol === 1);
  t.is(gateway.traffic.of('garage').viewers, 0, 'it does not count as a viewer');
  garage.publish();
  const frames = await client.gone();
  t.true(performance.now() - begin < 10_000);
  t.is(frames.at(-1)?.opcode, CLOSE);
  t.is(codeOf(frames.at(-1) as (typeof frames)[0]), 1008);
  t.false(frames.some(({ opcode }) => opcode === BINARY));
});

test('a connection to one camera is closed when that camera is removed, and no other connection is', async (t) => {
  const { hub, gateway, url } = await serve(t);
  const garage = await RawClient.connect(t, url, '/ws/garage');
  const printer = await RawClient.connect(t, url, '/ws/printer');
  hub.set('printer');
  t.is(gateway.traffic.of('garage').viewers, 0);
  const frames = await garage.gone();
  t.deepEqual(
    frames.map((frame) => [frame.opcode, codeOf(frame)]),
    [[CLOSE, 1001]],
  );
  hub.camera('printer').publish();
  await until('a frame of the printer was received', () => printer.frames.length === 1);
  t.is(gateway.connections, 1);
});
