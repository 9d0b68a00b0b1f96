import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { jpegTopic } from '@framehub/frame';
import test from 'ava';
import { createHub, serve } from './index.js';
import { temporaryFolder } from './temporary-folder.fixture.js';

const cameras = { garage: { source: 'pattern:320x240@15', rotate: 90 as const } };

async function firstFrame(): Promise<{ readonly data: Uint8Array }> {
  const hub = await createHub({ cameras });
  try {
    for await (const frame of hub.broker.frames(jpegTopic('garage', {}))) return frame;
    throw new Error('no frame came');
  } finally {
    await hub.close();
  }
}

test('a program serves cameras with a few lines, and closes them', async (t) => {
  const server = await serve({ cameras, http: { host: '127.0.0.1', port: 0 } });
  t.teardown(() => server.close());
  await server.hub.settled();
  t.is((await fetch(`${server.urls[0]}snapshot/garage?timeout=30000`)).status, 200);
  await server.close();
  await t.throwsAsync(fetch(`http://127.0.0.1:${server.port}/`));
});

test('a program takes frames from the bus, without any gateway', async (t) => {
  const hub = await createHub({ cameras });
  t.teardown(() => hub.close());
  for await (const frame of hub.broker.frames(jpegTopic('garage', { width: 120 }))) {
    t.like(frame, { width: 120, height: 160 });
    break;
  }
  const [camera] = hub.cameras();
  t.like(camera?.status(), { name: 'garage', state: 'live', rendition: { rotate: 90 } });
  t.true((camera?.status().encodeSeconds.count ?? 0) > 0);
  t.like(await camera?.setControls({ brightness: 200 }), [{ name: 'brightness', value: 200 }]);
  await hub.close();
  t.is(camera?.status().state, 'closed');
});

test('a wrong setting is refused with its key', async (t) => {
  await t.throwsAsync(serve({ http: { port: 70_000 } }), {
    code: 'CONFIG_INVALID',
    message: 'http.port must be a whole number from 0 to 65535, not 70000',
  });
});

for (const [what, config, text] of [
  [
    'a key of an object',
    JSON.parse('{"cameras": {"__proto__": {"source": "pattern"}}}'),
    'unknown key cameras.__proto__',
  ],
  [
    'written into the source of a program',
    { cameras: { __proto__: { source: 'pattern' } } },
    'unknown key cameras.__proto__',
  ],
  ['a name that every object has', { cameras: { constructor: { source: 'pattern' } } }, 'a name in cameras must be '],
] as const) {
  test(`a camera is not dropped because of its name, but refused: ${what}`, async (t) => {
    const error = await t.throwsAsync(createHub(config), { code: 'CONFIG_INVALID' });
    t.true(error?.message.startsWith(text), error?.message);
  });
}

test('drops of a rendition stay in the totals when it is gone', async (t) => {
  const { data } = await firstFrame();
  const folder = temporaryFolder('embed');
  writeFileSync(join(folder, '1.jpg'), data);
  // It has a beginning and an end; only who decodes it notices what it lacks.
  writeFileSync(join(folder, '2.jpg'), Buffer.concat([data.subarray(0, data.length / 2), Buffer.from([0xff, 0xd9])]));
  const hub = await createHub({ cameras: { garage: { source: `file:${folder}`, rotate: 90 } } });
  t.teardown(() => hub.close());
  const corrupt = () => hub.cameras()[0]?.status().frames.dropped.corrupt ?? 0;
  const frames = hub.broker.frames(jpegTopic('garage', {}));
  while (corrupt() === 0) await frames.next();
  await frames.return?.();
  t.true(corrupt() > 0);
  t.deepEqual(hub.broker.topics(), []);
  await hub.close();
});

test('settings are changed under a public name only where that is listed', async (t) => {
  const statusUnder = async (host: string, hosts: string[]) => {
    const server = await serve({ cameras, http: { host: '127.0.0.1', port: 0, hosts } });
    t.teardown(() => server.close());
    return new Promise<number | undefined>((resolve, reject) => {
      const headers = { host, 'content-type': 'application/json' };
      const asked = request(`http://127.0.0.1:${server.port}/api/cameras/garage`, { method: 'PATCH', headers });
      asked.on('response', (answer) => resolve(answer.resume().statusCode));
      asked.on('error', reject);
      asked.end('{"rotate": 90}');
    });
  };
  t.is(await statusUnder('cameras.example.org', []), 403);
  t.is(await statusUnder('cameras.example.org', ['.example.org']), 200);
});
