import { FramehubError } from '@framehub/frame';
import { JPEGS, until } from '@framehub/testing';
import test from 'ava';
import { serve } from './gateway.fixture.js';
import { RawClient } from './raw-client.fixture.js';

const errorOf = async (answer: Response) =>
  ((await answer.json()) as { error: { code: string; message: string } }).error;

test('a still is taken by the camera in the requested rendition, with the headers of a snapshot', async (t) => {
  const { garage, gateway, url } = await serve(t);
  const pending = fetch(`${url}/snapshot/garage?size=1920x1080&rotate=90&width=800&quality=70`);
  await until(() => garage.stills.length === 1);
  t.like(garage.stills[0], {
    size: { width: 1920, height: 1080 },
    rendition: { rotate: 90, width: 800, quality: 70 },
  });
  const { capturedAt } = garage.stills[0]?.give(JPEGS[1]) ?? {};
  const answer = await pending;
  t.is(answer.status, 200);
  t.is(answer.headers.get('content-type'), 'image/jpeg');
  t.is(answer.headers.get('x-timestamp'), (Number(capturedAt) / 1000).toFixed(6));
  t.is(answer.headers.get('x-ustreamer-width'), '64');
  t.regex(answer.headers.get('etag') ?? '', /^"garage-/);
  t.deepEqual(Buffer.from(await answer.arrayBuffer()), Buffer.from(JPEGS[1]));
  t.is(gateway.stats().cameras.garage?.framesSent, 1);
  t.is(garage.sinks.size, 0, 'the stream is not asked');
});

test('a still that had begun before the request is followed by another, if it is too old', async (t) => {
  const { garage, url } = await serve(t);
  const recent = fetch(`${url}/snapshot?size=max&max_age=60000`);
  const fresh = fetch(`${url}/snapshot?size=max&max_age=0`);
  await until(() => garage.stills.length === 2);
  const before = Date.now() - 30_000;
  for (const still of garage.stills) still.give(JPEGS[0], before);
  t.is((await recent).headers.get('x-timestamp'), (before / 1000).toFixed(6));
  await until(() => garage.stills.length === 3);
  const second = garage.stills[2]?.give(JPEGS[0], Date.now() + 1);
  t.is((await fresh).headers.get('x-timestamp'), (Number(second?.capturedAt) / 1000).toFixed(6));
});

test('a limit of the hub is 503, with a time after which to try again', async (t) => {
  const { garage, url } = await serve(t);
  const pending = fetch(`${url}/snapshot?size=max`);
  await until(() => garage.stills.length === 1);
  garage.stills[0]?.refuse(new FramehubError('CAMERA_TOO_MANY_REQUESTS', '4 different stills are being taken'));
  const refused = await pending;
  t.is(refused.status, 503);
  t.is(refused.headers.get('retry-after'), '2');
  t.like(await errorOf(refused), { code: 'CAMERA_TOO_MANY_REQUESTS' });
});

test('an invalid size is refused with what is allowed', async (t) => {
  const { garage, url } = await serve(t);
  const answer = await fetch(`${url}/snapshot?size=huge`);
  t.is(answer.status, 400);
  t.deepEqual(await errorOf(answer), {
    code: 'HTTP_BAD_QUERY',
    message: 'size must be max or WIDTHxHEIGHT such as 1280x720, each from 16 to 8192, not huge',
  });
  t.is(garage.stills.length, 0);
});

test('an error of the camera is the answer', async (t) => {
  const { garage, url } = await serve(t);
  const pending = fetch(`${url}/snapshot?size=max`);
  await until(() => garage.stills.length === 1);
  garage.stills[0]?.refuse(new FramehubError('CAPTURE_DEVICE_GONE', 'the camera was unplugged'));
  const answer = await pending;
  t.is(answer.status, 503);
  t.deepEqual(await errorOf(answer), { code: 'CAPTURE_DEVICE_GONE', message: 'the camera was unplugged' });
});

test('a still that is late is answered with 503, and so is a camera that is down, without asking it', async (t) => {
  const { garage, url } = await serve(t);
  const late = await fetch(`${url}/snapshot?size=max&timeout=20`);
  t.is(late.status, 503);
  t.deepEqual(await errorOf(late), {
    code: 'HTTP_NO_FRAME',
    message: 'garage delivered no frame within 20 ms; it is live',
  });
  t.is(garage.stills.length, 1);
  garage.changes = { state: 'retrying', placeholder: 'NO SIGNAL' };
  t.like(await errorOf(await fetch(`${url}/snapshot?size=max`)), {
    message: 'garage delivers no frames; it is retrying: NO SIGNAL',
  });
  t.is(garage.stills.length, 1);
});

test('a client that waits for a still counts as a viewer, and closing the gateway ends its waiting', async (t) => {
  const { garage, gateway, url } = await serve(t, { maxViewers: 1 });
  const waiting = fetch(`${url}/snapshot?size=max`);
  await until(() => garage.stills.length === 1);
  t.like(await errorOf(await fetch(`${url}/snapshot?size=max`)), { code: 'HTTP_TOO_MANY_VIEWERS' });
  const closed = gateway.close();
  t.like(await errorOf(await waiting), { code: 'HTTP_CLOSING' });
  await closed;
});

test('a client that disconnects while a still is taken releases its place', async (t) => {
  const { garage, port, url } = await serve(t, { maxViewers: 1 });
  const client = new RawClient(t, port);
  client.get('/snapshot?size=max');
  await until(() => garage.stills.length === 1);
  client.socket.destroy();
  // The other one is let in as soon as the server has noticed.
  let answer = await fetch(`${url}/snapshot?timeout=1`);
  while ((await errorOf(answer)).code === 'HTTP_TOO_MANY_VIEWERS') answer = await fetch(`${url}/snapshot?timeout=1`);
  t.is(answer.status, 503);
  t.is(garage.stills.length, 1);
});
