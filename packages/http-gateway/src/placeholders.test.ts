import { JPEGS, until } from '@framehub/testing';
import test, { type ExecutionContext } from 'ava';
import { serve } from './gateway.fixture.js';
import { openStream } from './raw-client.fixture.js';

const [FRAME, PLACEHOLDER] = JPEGS;
/** Milliseconds: longer than any of these tests waits, and shorter than `PATIENT`, so that waiting it out fails. */
const AT_ONCE = 20_000;
const PATIENT = 30_000;
const GONE = {
  state: 'retrying',
  placeholder: 'CAMERA UNPLUGGED',
  error: { code: 'CAPTURE_DEVICE_GONE', message: '/dev/video0 is gone: plug it in again', details: {} },
} as const;

async function assertRefused(t: ExecutionContext, answer: Response, message: string): Promise<void> {
  t.is(answer.status, 503);
  t.is(answer.headers.get('retry-after'), '2');
  t.like(await answer.json(), { error: { code: 'HTTP_NO_FRAME', message } });
}

async function assertPlaceholder(t: ExecutionContext, answer: Response): Promise<void> {
  t.is(answer.status, 200);
  t.is(answer.headers.get('x-framehub-placeholder'), 'CAMERA UNPLUGGED');
  t.is(answer.headers.get('x-ustreamer-online'), 'false');
  t.deepEqual(Buffer.from(await answer.arrayBuffer()), Buffer.from(PLACEHOLDER));
}

test('a placeholder is never a snapshot, and a camera that is down is answered with 503 at once', async (t) => {
  const { garage, hub, port, url } = await serve(t);
  await openStream(t, port);
  garage.become(GONE);
  garage.publish({ placeholder: 'CAMERA UNPLUGGED' });
  t.timeout(AT_ONCE);
  // Although it may wait, and the frame may be old.
  const answer = await fetch(`${url}/snapshot?timeout=${PATIENT}&max_age=60000`);
  await assertRefused(t, answer, 'garage delivers no frames; it is retrying: /dev/video0 is gone: plug it in again');
  t.is(hub.watchers, 1, 'no request waits');
});

test('a camera that is off is answered with how to switch it on', async (t) => {
  t.timeout(AT_ONCE);
  const { garage, url } = await serve(t);
  garage.changes = { state: 'off' };
  const message =
    'garage delivers no frames; it is off: PATCH /api/cameras/garage with {"enabled": true} switches it on';
  await assertRefused(t, await fetch(`${url}/snapshot?timeout=${PATIENT}`), message);
  t.is(garage.sinks.size, 0, 'and nothing is asked of it');
});

test('an earlier frame that is recent enough is the snapshot of a camera that is down', async (t) => {
  const { garage, port, url } = await serve(t);
  await openStream(t, port);
  garage.publish({ data: FRAME });
  garage.become(GONE);
  const answer = await fetch(`${url}/snapshot?max_age=60000`);
  t.is(answer.status, 200);
  t.is(answer.headers.get('x-framehub-placeholder'), null);
});

test('waiting ends when the camera goes down, by its state or by a placeholder', async (t) => {
  const { garage, hub, url } = await serve(t);
  t.timeout(AT_ONCE);
  for (const report of [() => garage.become(GONE), () => garage.publish({ placeholder: 'CAMERA UNPLUGGED' })]) {
    garage.changes = { state: 'starting' };
    const pending = fetch(`${url}/snapshot?timeout=${PATIENT}`);
    await until(() => garage.sinks.size === 1);
    garage.changes = GONE;
    report();
    t.is((await pending).status, 503);
    t.deepEqual(hub.broker.topics(), []);
    t.is(hub.watchers, 1);
  }
});

test('a camera that starts is waited for, while viewers still see a placeholder', async (t) => {
  const { garage, url } = await serve(t);
  garage.become({ ...GONE, state: 'starting' });
  const pending = fetch(`${url}/snapshot?timeout=${PATIENT}`);
  await until(() => garage.sinks.size === 1);
  garage.publish({ placeholder: 'CAMERA UNPLUGGED' });
  garage.become({ state: 'live' });
  const { capturedAt } = garage.publish({ data: FRAME });
  const answer = await pending;
  t.is(answer.status, 200);
  t.is(answer.headers.get('x-timestamp'), (capturedAt / 1000).toFixed(6));
});

test('a camera that has just failed is waited for, while viewers see no placeholder yet', async (t) => {
  const { garage, url } = await serve(t);
  garage.become({ ...GONE, placeholder: undefined });
  const pending = fetch(`${url}/snapshot?timeout=${PATIENT}`);
  await until(() => garage.sinks.size === 1);
  garage.publish({ data: FRAME });
  t.is((await pending).status, 200);
});

test('placeholder=1 gets the placeholder where there is no frame', async (t) => {
  const { garage, port, url } = await serve(t);
  t.timeout(AT_ONCE);
  garage.changes = GONE;
  garage.onDemand = () => setImmediate(() => garage.publish({ placeholder: 'CAMERA UNPLUGGED', data: PLACEHOLDER }));
  await assertPlaceholder(t, await fetch(`${url}/snapshot?placeholder=1&timeout=${PATIENT}`));
  await openStream(t, port);
  await until(() => garage.sequence === 2);
  garage.onDemand = () => {};
  const retained = await fetch(`${url}/snapshot?placeholder=1&timeout=${PATIENT}&max_age=0`);
  const tag = retained.headers.get('etag') ?? '';
  await assertPlaceholder(t, retained);
  const known = await fetch(`${url}/snapshot?placeholder=1`, { headers: { 'If-None-Match': tag } });
  t.is(known.status, 304);
  t.is(known.headers.get('x-framehub-placeholder'), 'CAMERA UNPLUGGED');
});

test('placeholder=1 prefers a frame to a placeholder', async (t) => {
  const { garage, url } = await serve(t);
  garage.changes = { ...GONE, state: 'starting' };
  const pending = fetch(`${url}/snapshot?placeholder=1&timeout=${PATIENT}`);
  await until(() => garage.sinks.size === 1);
  garage.publish({ placeholder: 'CAMERA UNPLUGGED', data: PLACEHOLDER });
  garage.publish({ data: FRAME });
  const answer = await pending;
  t.is(answer.headers.get('x-framehub-placeholder'), null);
  t.deepEqual(Buffer.from(await answer.arrayBuffer()), Buffer.from(FRAME));
});

test('placeholder=1 gets the placeholder when no frame arrives in time', async (t) => {
  const { garage, port, url } = await serve(t);
  await openStream(t, port);
  garage.changes = { ...GONE, state: 'starting' };
  garage.publish({ placeholder: 'CAMERA UNPLUGGED', data: PLACEHOLDER });
  await assertPlaceholder(t, await fetch(`${url}/snapshot?placeholder=1&timeout=20`));
  const answer = await fetch(`${url}/snapshot?timeout=20`);
  const message = 'garage delivered no frame within 20 ms; it is starting: /dev/video0 is gone: plug it in again';
  await assertRefused(t, answer, message);
});

test('a stream sends placeholders like frames, and marks them', async (t) => {
  const { garage, port } = await serve(t, { repeatAfter: 600_000 });
  const viewer = await openStream(t, port, '/stream?extra_headers=1');
  garage.publish({ data: FRAME });
  await viewer.parts(1);
  garage.publish({ placeholder: 'CAMERA UNPLUGGED', data: PLACEHOLDER });
  const [first, second] = await viewer.parts(2);
  t.is(first?.headers['X-UStreamer-Online'], 'true');
  t.is(second?.headers['X-UStreamer-Online'], 'false');
  t.is(first?.headers['X-Framehub-Placeholder'], undefined);
  t.regex(second?.headers['X-Framehub-Placeholder'] ?? '', /^[A-Z ]+$/);
  t.deepEqual(second?.data, Buffer.from(PLACEHOLDER));
});
