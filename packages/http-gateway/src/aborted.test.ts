import { until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { serve } from './gateway.fixture.js';
import { RawClient } from './raw-client.fixture.js';

/** A gateway that notes what it logs at level error. */
async function watched(t: ExecutionContext) {
  const errors: unknown[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (...logged: unknown[]) => void errors.push(logged) };
  return { errors, ...(await serve(t, { logger })) };
}

const PATCH = 'PATCH /api/cameras/garage/controls HTTP/1.1\r\nHost: camera\r\n';
const BEGUN: Readonly<Record<string, string>> = {
  'a body that is shorter than announced': `${PATCH}Content-Length: 100\r\n\r\n{"brightness":`,
  'a body of which nothing comes': `${PATCH}Content-Length: 100\r\n\r\n`,
  'a chunked body without end': `${PATCH}Transfer-Encoding: chunked\r\n\r\n5\r\n{"bri\r\n`,
  'a body in a chunk that is cut off': `${PATCH}Transfer-Encoding: chunked\r\n\r\nffff\r\n{"bri`,
  'a body of which too much comes': `${PATCH}Content-Length: 200000\r\n\r\n${'x'.repeat(70_000)}`,
  'a body that is waited for': `${PATCH}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n`,
  'a snapshot that waits': 'GET /snapshot?timeout=30000 HTTP/1.1\r\nHost: camera\r\n\r\n',
  'snapshots behind each other': 'GET /snapshot?timeout=30000 HTTP/1.1\r\nHost: camera\r\n\r\n'.repeat(3),
  'a still that waits': 'GET /snapshot?size=max HTTP/1.1\r\nHost: camera\r\n\r\n',
  'a stream': 'GET /stream HTTP/1.1\r\nHost: camera\r\n\r\n',
  'half a head': 'GET /stream HTTP/1.1\r\nHost: cam',
  'an upgrade to nothing': 'GET /ws HTTP/1.1\r\nHost: camera\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
};

for (const [what, text] of Object.entries(BEGUN)) {
  for (const how of ['end', 'reset'] as const) {
    test(`${what}, and then the connection’s ${how}, is no error`, async (t) => {
      const { errors, gateway, garage, port } = await watched(t);
      const client = new RawClient(t, port);
      await new Promise<void>((resolve) => client.socket.write(text, () => resolve()));
      if (how === 'end') client.socket.destroy();
      else client.socket.resetAndDestroy();
      // Its end is behind the other's, whose answer shows that the first has been read.
      await fetch(`http://127.0.0.1:${port}/healthz`);
      for (const still of garage.stills) still.refuse(new Error('nobody waits'));
      await gateway.close();
      t.deepEqual(errors, []);
      t.deepEqual(garage.asked.controls, []);
    });
  }
}

test('a change is made even if its client disconnects meanwhile', async (t) => {
  const { errors, gateway, garage, port } = await watched(t);
  const client = new RawClient(t, port);
  let finish: (() => void) | undefined;
  const set = garage.setControls.bind(garage);
  garage.setControls = async (values) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return set(values);
  };
  client.socket.write(`${PATCH}Content-Length: 18\r\n\r\n{"brightness": 40}`);
  await until(() => finish !== undefined);
  client.socket.resetAndDestroy();
  await client.untilClosed();
  finish?.();
  await gateway.close();
  t.deepEqual(errors, []);
  t.deepEqual(garage.asked.controls, [{ brightness: 40 }]);
});
