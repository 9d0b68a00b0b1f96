import { JPEGS, jpeg, play, until } from '@framehub/testing';
import test from 'ava';
import { serve } from '../gateway.fixture.js';
import { openStream, RawClient } from '../raw-client.fixture.js';

test('a stream has the headers that proxies, pages and old clients need', async (t) => {
  const { port } = await serve(t);
  const { text } = await openStream(t, port);
  const head = text.slice(0, text.indexOf('\r\n\r\n')).toLowerCase();
  t.true(head.startsWith('http/1.1 200 ok'));
  for (const line of [
    'content-type: multipart/x-mixed-replace; boundary=boundarydonotcross',
    'cache-control: no-store, no-cache, must-revalidate, max-age=0',
    'pragma: no-cache',
    'x-accel-buffering: no',
    'connection: close',
    'access-control-allow-origin: *',
    'cross-origin-resource-policy: cross-origin',
  ]) {
    t.true(head.includes(line), line);
  }
  t.false(head.includes('transfer-encoding'));
  t.false(head.includes('content-length'));
});

test('an HTTP/1.0 client gets the same stream', async (t) => {
  const { garage, port } = await serve(t);
  const client = new RawClient(t, port);
  client.get('/stream', {}, 'GET', '1.0');
  await client.until(() => client.received.includes('--boundarydonotcross\r\n'));
  garage.publish();
  const [part] = await client.parts(1);
  t.deepEqual(part?.data, Buffer.from(JPEGS[0]));
});

test('each part is one frame with its length and its capture time', async (t) => {
  const { garage, port } = await serve(t);
  const client = await openStream(t, port);
  garage.publish({ data: JPEGS[1], capturedAt: 1_700_000_000_123.456 });
  const [part] = await client.parts(1);
  t.deepEqual(part?.headers, {
    'Content-Type': 'image/jpeg',
    'Content-Length': String(JPEGS[1].length),
    'X-Timestamp': '1700000000.123456',
  });
  t.deepEqual(part?.data, Buffer.from(JPEGS[1]));
});

test('there is demand for a camera exactly while it has viewers', async (t) => {
  const { garage, port, gateway } = await serve(t);
  t.is(garage.sinks.size, 0);
  const client = await openStream(t, port);
  t.deepEqual([...garage.sinks.keys()], ['garage/jpeg']);
  client.socket.destroy();
  await until(() => garage.sinks.size === 0);
  t.is(gateway.stats().viewers, 0);
});

test('a new viewer gets the latest frame at once', async (t) => {
  const { garage, port } = await serve(t, { repeatAfter: 600_000 });
  const first = await openStream(t, port);
  garage.publish({ data: JPEGS[1] });
  await first.parts(1);
  const second = await openStream(t, port);
  const [part] = await second.parts(1);
  t.deepEqual(part?.data, Buffer.from(JPEGS[1]));
});

test('renditions are topics, shared by equal requests', async (t) => {
  const { garage, port } = await serve(t);
  await openStream(t, port, '/stream?rotate=90&width=640');
  await openStream(t, port, '/stream?width=640&rotate=90&fps=5&1234');
  await openStream(t, port, '/stream?flip=both');
  t.deepEqual([...garage.sinks.keys()].sort(), ['garage/jpeg?rotate=180', 'garage/jpeg?rotate=90&width=640']);
});

test('fps thins the stream of one viewer and no other', async (t) => {
  const { garage, port, gateway } = await serve(t, { repeatAfter: 600_000 });
  const all = await openStream(t, port, '/stream');
  const few = await openStream(t, port, '/stream?fps=10');
  const start = Date.now();
  for (let i = 0; i < 30; i++) {
    garage.publish({ data: JPEGS[0], capturedAt: start + (i * 1000) / 30 });
    await all.parts(i + 1);
  }
  t.is((await few.parts(10)).length, 10);
  t.is(gateway.stats().cameras.garage?.framesSent, 40);
});

test('the last frame is repeated while a camera delivers nothing, so that no client gives up', async (t) => {
  const { garage, port } = await serve(t, { repeatAfter: 50 });
  const client = await openStream(t, port);
  garage.publish({ data: JPEGS[1], capturedAt: 1_700_000_000_000 });
  const parts = await client.parts(3);
  t.deepEqual(new Set(parts.map((part) => part.headers['X-Timestamp'])), new Set(['1700000000.000000']));
});

test('dual_final_frames repeats the end of a series soon, and once', async (t) => {
  const { garage, port, gateway } = await serve(t, { repeatAfter: 600_000 });
  const client = await openStream(t, port, '/stream?dual_final_frames=1');
  garage.publish({ data: JPEGS[1] });
  await client.parts(2);
  garage.publish({ data: JPEGS[0] });
  const parts = await client.parts(4);
  t.deepEqual(
    parts.map((part) => part.data.equals(JPEGS[1])),
    [true, true, false, false],
  );
  t.is(gateway.stats().cameras.garage?.framesSent, 4);
});

test('extra_headers sends the headers of ustreamer', async (t) => {
  const { garage, port } = await serve(t);
  const client = await openStream(t, port, '/stream?extra_headers=1');
  const { capturedAt } = garage.publish({ data: JPEGS[0], capturedAt: Date.now() - 100 });
  const [part] = await client.parts(1);
  t.like(part?.headers, {
    'Content-Length': String(JPEGS[0].length),
    'X-UStreamer-Online': 'true',
    'X-UStreamer-Dropped': '0',
    'X-UStreamer-Width': '64',
    'X-UStreamer-Height': '48',
    'X-UStreamer-Client-FPS': '0',
    'X-UStreamer-Grab-Begin-Time': (capturedAt / 1000).toFixed(6),
  });
  t.true(Number(part?.headers['X-UStreamer-Latency']) >= 0.1);
});

test('zero_data leaves the frames out', async (t) => {
  const { garage, port } = await serve(t);
  const client = await openStream(t, port, '/stream?zero_data=1');
  garage.publish();
  const [part] = await client.parts(1);
  t.is(part?.headers['Content-Length'], '0');
  t.is(part?.data.length, 0);
});

test('advance_headers sends the next headers with the frame, and no length', async (t) => {
  const { garage, port } = await serve(t, { repeatAfter: 600_000 });
  const client = await openStream(t, port, '/stream?advance_headers=1');
  garage.publish();
  await client.parts(1);
  await client.until(() => client.body.toString('latin1').endsWith('\r\n\r\n'));
  const advance = '--boundarydonotcross\r\nContent-Type: image/jpeg\r\n\r\n';
  t.deepEqual(client.body, Buffer.concat([Buffer.from(advance), JPEGS[0], Buffer.from(`\r\n${advance}`)]));
});

test('a page finds its own stream in /state by its key', async (t) => {
  const { port, url } = await serve(t);
  const client = await openStream(t, port, '/stream?key=abc&advance_headers=1');
  const [, id = ''] = /set-cookie: stream_client=abc\/(\w+); path=\/; max-age=30\r\n/i.exec(client.text) ?? [];
  const { result } = (await (await fetch(`${url}/state`)).json()) as { result: { stream: unknown } };
  const flags = { extra_headers: false, advance_headers: true, dual_final_frames: false, zero_data: false };
  t.like(result.stream, { clients: 1, clients_stat: { [id]: { fps: 0, key: 'abc', ...flags } } });
});

test('HEAD gets the headers of a stream and starts none', async (t) => {
  const { garage, url } = await serve(t);
  const answer = await fetch(`${url}/stream`, { method: 'HEAD' });
  t.is(answer.status, 200);
  t.regex(answer.headers.get('content-type') ?? '', /^multipart\/x-mixed-replace/);
  t.is(garage.sinks.size, 0);
});

test('a viewer that cannot keep up skips frames and gets the newest, and others are not affected', async (t) => {
  const { garage, port, gateway } = await serve(t, { repeatAfter: 600_000 });
  const heavy = jpeg(8_000_000);
  const slow = await openStream(t, port);
  const fast = await openStream(t, port);
  slow.socket.pause();
  for (let i = 1; i <= 8; i++) {
    garage.publish({ data: heavy, capturedAt: 1_700_000_000_000 + i * 1000 });
    await fast.until(() => fast.bytes >= i * heavy.length);
  }
  const sentToSlow = (gateway.stats().cameras.garage?.framesSent ?? 0) - 8;
  t.true(sentToSlow < 8, `${sentToSlow} frames are on their way to a viewer that reads none`);
  t.is(gateway.stats().cameras.garage?.skipped, 8 - sentToSlow - 1);
  slow.socket.resume();
  await slow.until(() => slow.bytes >= (sentToSlow + 1) * heavy.length);
  const last = (await slow.parts(sentToSlow + 1)).at(-1);
  t.is(last?.headers['X-Timestamp'], '1700000008.000000');
});

test('a viewer that never reads costs one part of memory, and is closed after a while', async (t) => {
  const { garage, port, gateway } = await serve(t, { stallTimeout: 300 });
  const client = await openStream(t, port);
  client.socket.pause();
  const heavy = jpeg(8_000_000);
  const timer = setInterval(() => garage.publish({ data: heavy }), 20);
  t.teardown(() => clearInterval(timer));
  await until(() => gateway.stats().stalled === 1);
  await until(() => gateway.stats().viewers === 0);
  t.is(garage.sinks.size, 0);
});

test('a viewer that reads nothing is closed whatever it sends meanwhile', async (t) => {
  const { garage, port, gateway } = await serve(t, { stallTimeout: 300 });
  const client = new RawClient(t, port);
  client.get('/stream', { 'Content-Length': '60000' });
  await client.until(() => client.received.includes('--boundarydonotcross\r\n'));
  client.socket.pause();
  garage.publish({ data: jpeg(8_000_000) });
  const timer = setInterval(() => client.socket.write('x'), 20);
  t.teardown(() => clearInterval(timer));
  await until(() => gateway.stats().stalled === 1 && gateway.stats().viewers === 0);
  t.is(garage.sinks.size, 0);
});

test('a viewer that stops reading within a part is closed, however many it has read', async (t) => {
  const { garage, port, gateway } = await serve(t, { stallTimeout: 300, repeatAfter: 600_000 });
  const client = await openStream(t, port);
  garage.publish();
  await client.parts(1);
  const heavy = jpeg(8_000_000);
  garage.publish({ data: heavy });
  await client.until(() => client.bytes > 100_000);
  client.socket.pause();
  await until(() => gateway.stats().stalled === 1 && gateway.stats().viewers === 0);
  t.is(garage.sinks.size, 0);
});

// Alone: others would slow it down further.
test.serial('a slow viewer that reads each part in time stays connected', async (t) => {
  t.timeout(60_000);
  const { garage, port, gateway } = await serve(t, { stallTimeout: 3000 });
  const client = await openStream(t, port);
  const heavy = jpeg(500_000);
  const publishing = setInterval(() => garage.publish({ data: heavy }), 50);
  const { socket } = client;
  socket.on('data', () => socket.pause());
  const reading = setInterval(() => socket.resume(), 20);
  t.teardown(() => {
    clearInterval(publishing);
    clearInterval(reading);
  });
  const begun = performance.now();
  await client.until(() => performance.now() - begun > 4000 && client.bytes > 2 * heavy.length);
  t.is(gateway.stats().viewers, 1);
  t.is(gateway.stats().stalled, 0);
});

// Alone: the process stands still for all.
test.serial('a process that was suspended closes no viewer', async (t) => {
  const { garage, port, gateway } = await serve(t, { stallTimeout: 1000, repeatAfter: 600_000 });
  const client = await openStream(t, port);
  const heavy = jpeg(8_000_000);
  garage.publish({ data: heavy });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  await client.until(() => client.bytes > heavy.length);
  garage.publish({ data: JPEGS[0] });
  t.is((await client.parts(2)).length, 2);
  t.is(gateway.stats().stalled, 0);
});

test('a viewer of a camera that delivers nothing stays connected', async (t) => {
  const { garage, port, gateway } = await serve(t, { stallTimeout: 50, repeatAfter: 600_000 });
  const silent = await openStream(t, port, '/stream/printer');
  // The other camera's viewer is closed for taking nothing: by then the silent one has outlived its own time-out.
  const stalling = await openStream(t, port, '/stream/garage');
  stalling.socket.pause();
  const timer = setInterval(() => garage.publish({ data: jpeg(8_000_000) }), 20);
  t.teardown(() => clearInterval(timer));
  await until(() => gateway.stats().stalled === 1);
  t.false(silent.closed);
  t.is(gateway.stats().cameras.printer?.viewers, 1);
});

test('viewers beyond the limit are asked to try again', async (t) => {
  const { port, url, gateway } = await serve(t, { maxViewers: 2 });
  const first = await openStream(t, port);
  await openStream(t, port);
  const answer = await fetch(`${url}/stream`);
  t.is(answer.status, 503);
  t.is(answer.headers.get('retry-after'), '2');
  t.like(await answer.json(), { error: { code: 'HTTP_TOO_MANY_VIEWERS' } });
  t.is(gateway.stats().refused, 1);
  first.socket.destroy();
  await until(() => gateway.stats().viewers === 1);
  await t.notThrowsAsync(openStream(t, port));
});

test('500 viewers connect and disconnect, and leave nothing behind', async (t) => {
  const { hub, garage, port, gateway } = await serve(t);
  play(t, garage);
  for (let wave = 0; wave < 5; wave++) {
    const clients = await Promise.all(
      Array.from({ length: 100 }, () => openStream(t, port, `/stream?fps=${wave + 5}`)),
    );
    await Promise.all(clients.map((client) => client.parts(2)));
    t.is(gateway.stats().viewers, 100);
    for (const [i, { socket }] of clients.entries()) {
      if (i % 2) socket.resetAndDestroy();
      else socket.end();
    }
    await until(() => gateway.stats().viewers === 0);
    t.deepEqual(hub.broker.topics(), []);
    t.is(garage.sinks.size, 0);
  }
});

test('a second request on the connection of a stream closes it, and a stream behind another request is refused', async (t) => {
  const { port, gateway } = await serve(t);
  const greedy = await openStream(t, port);
  greedy.get('/stream');
  await greedy.untilClosed();
  await until(() => gateway.stats().viewers === 0);

  const pipelining = new RawClient(t, port);
  pipelining.get('/snapshot?timeout=1');
  pipelining.get('/stream');
  await pipelining.until(() => pipelining.text.includes('a stream needs a connection of its own'));
  t.is(gateway.stats().viewers, 0);
});

test('closing the gateway ends streams at once', async (t) => {
  const { garage, port, gateway } = await serve(t);
  play(t, garage);
  const clients = await Promise.all(Array.from({ length: 20 }, () => openStream(t, port)));
  await gateway.close();
  await Promise.all(clients.map((client) => client.untilClosed()));
  t.is(gateway.stats().viewers, 0);
  t.is(garage.sinks.size, 0);
});
