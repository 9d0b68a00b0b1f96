import { until } from '@framehub/testing';
import test from 'ava';
import { serve } from '../gateway.fixture.js';
import { openStream } from '../raw-client.fixture.js';

// biome-ignore lint/suspicious/noExplicitAny: the tests look into foreign JSON
const jsonOf = async (answer: Response): Promise<any> => answer.json();

test('/api/cameras reports state, format, frame rates, drops and viewers', async (t) => {
  const { garage, port, url } = await serve(t, { repeatAfter: 600_000 });
  const viewer = await openStream(t, port);
  garage.publish();
  await viewer.parts(1);
  const { cameras } = await jsonOf(await fetch(`${url}/api/cameras`));
  t.is(cameras.length, 2);
  t.like(cameras[0], {
    name: 'garage',
    index: 0,
    source: 'a test',
    state: 'live',
    error: null,
    format: { fourcc: 'MJPG', width: 1280, height: 720 },
    fps: { nominal: 30, measured: 29.97 },
    frames: { captured: 1, dropped: { overrun: 2, 'ring-full': 1 } },
    viewers: 1,
    placeholder: null,
    frozenSince: null,
    restarts: 1,
    failures: { CAPTURE_STALLED: 1 },
  });
  t.is(cameras[0].sent.frames, 1);
  t.like(await jsonOf(await fetch(`${url}/api/cameras/1`)), { name: 'printer', index: 1, viewers: 0 });
});

test('controls are read and set, and invalid values refused with what is allowed', async (t) => {
  const { garage, url } = await serve(t);
  const path = `${url}/api/cameras/garage/controls`;
  const patch = (body: string) => fetch(path, { method: 'PATCH', body });
  t.like(await jsonOf(await fetch(path)), { controls: { 0: { name: 'brightness', value: 128, menu: null } } });

  const set = await patch('{"brightness": 200}');
  t.is(set.status, 200);
  t.like(await jsonOf(set), { controls: { 0: { value: 200 } } });

  const refusals: readonly (readonly [body: string, status: number, code: string, message: RegExp])[] = [
    ['{"brightness": 300}', 400, 'CAPTURE_CONTROL_RANGE', /brightness must be a number from 0 to 255, not 300/],
    ['{"colour": 1}', 400, 'CAPTURE_CONTROL_UNKNOWN', /colour/],
    [
      '{"brightness": [5]}',
      400,
      'CAMERA_SETTING_INVALID',
      /^brightness must be a whole number, true, false, or a text/,
    ],
    ['[1]', 400, 'CAMERA_SETTING_INVALID', /^the control values must be/],
    ['{"brightness"', 400, 'HTTP_BAD_REQUEST', /not JSON/],
    ['{"__proto__": 5}', 400, 'HTTP_BAD_REQUEST', /key __proto__/],
    ['', 400, 'HTTP_BAD_REQUEST', /not JSON/],
    [`"${'x'.repeat(70_000)}"`, 413, 'HTTP_BODY_TOO_LARGE', /65536/],
  ];
  for (const [body, status, code, message] of refusals) {
    const answer = await patch(body);
    t.is(answer.status, status, body.slice(0, 30));
    const { error } = await jsonOf(answer);
    t.is(error.code, code);
    t.regex(error.message, message);
  }
  t.is(garage.controlList[0]?.value, 200);

  garage.controlList = [];
  t.is((await fetch(path)).status, 404);
});

test('a value has a type that JSON can hold exactly, and null stands for no value', async (t) => {
  const { garage, url } = await serve(t);
  const [control] = garage.controlList;
  if (!control) throw new Error('the camera has a control');
  const values = [2n ** 62n, 5n, 'text', undefined];
  garage.controlList = values.map((value) => ({ ...control, value, minimum: -(2n ** 63n) }));
  const { controls } = await jsonOf(await fetch(`${url}/api/cameras/garage/controls`));
  t.deepEqual(
    controls.map(({ value }: { value: unknown }) => value),
    ['4611686018427387904', 5, 'text', null],
  );
  t.is(controls[0].minimum, '-9223372036854775808');
});

test('/state has the form of ustreamer’s', async (t) => {
  const { garage, url } = await serve(t);
  t.deepEqual(await jsonOf(await fetch(`${url}/state`)), {
    ok: true,
    result: {
      instance_id: '',
      encoder: { type: 'HW', quality: 0 },
      source: { resolution: { width: 1280, height: 720 }, online: true, desired_fps: 30, captured_fps: 30 },
      stream: { queued_fps: 0, clients: 0, clients_stat: {} },
    },
  });
  garage.changes = { rendition: { rotate: 90 } };
  t.like(await jsonOf(await fetch(`${url}/state`)), { result: { encoder: { type: 'CPU', quality: 80 } } });
  garage.changes = { placeholder: 'NO SIGNAL' };
  t.like(await jsonOf(await fetch(`${url}/state`)), { result: { source: { online: false } } });
  garage.changes = { state: 'retrying', format: undefined, rendition: { quality: 70 } };
  t.like(await jsonOf(await fetch(`${url}/state/garage`)), {
    result: { encoder: { type: 'CPU', quality: 70 }, source: { resolution: { width: 0, height: 0 }, online: false } },
  });
});

test('a hub is ready when every camera delivers fresh frames, or is on standby', async (t) => {
  const { garage, url, port } = await serve(t);
  const viewer = await openStream(t, port);
  garage.publish();
  await viewer.parts(1);
  const ask = async () => {
    const answer = await fetch(`${url}/readyz`);
    return { status: answer.status, ...(await jsonOf(answer)) };
  };
  t.like(await ask(), { status: 200, ready: true, cameras: { garage: { ready: true, reason: 'live' } } });
  const notReady = async (changes: typeof garage.changes, reason: RegExp) => {
    garage.changes = changes;
    const { status, cameras } = await ask();
    t.is(status, 503);
    t.regex(cameras.garage.reason, reason);
    t.true(cameras.printer.ready);
  };
  await notReady({ lastFrameAt: undefined }, /no frame yet/);
  await notReady({ lastFrameAt: Date.now() - 20_000 }, /no frame for \d+ s/);
  await notReady({ frozenSince: Date.now() - 30_000 }, /frozen for \d+ s/);
  await notReady({ state: 'starting' }, /starting/);
  const error = { code: 'CAPTURE_STALLED', message: 'no frame for 5 s', details: {} };
  await notReady({ state: 'retrying', error }, /retrying: no frame for 5 s/);
  await notReady({ placeholder: 'NO SIGNAL' }, /live: NO SIGNAL/);
  for (const changes of [
    { state: 'standby' as const, lastFrameAt: undefined },
    { state: 'off' as const, placeholder: 'CAMERA OFF', lastFrameAt: undefined },
    { frozenSince: Date.now() - 1000 },
    // A camera of one frame in ten seconds is no dead one.
    { lastFrameAt: Date.now() - 20_000, fps: { nominal: 0.1, measured: 0.1 } },
  ]) {
    garage.changes = changes;
    t.is((await ask()).status, 200);
  }
});

test('a camera without viewers is ready, and so is one that starts', async (t) => {
  const { garage, url, port } = await serve(t);
  const statusOf = async () => (await fetch(`${url}/readyz`)).status;
  garage.changes = { lastFrameAt: Date.now() - 60_000 };
  t.is(await statusOf(), 200, 'on standby');
  const viewer = await openStream(t, port);
  t.is(await statusOf(), 200, 'starting');
  garage.publish();
  await viewer.parts(1);
  t.is(await statusOf(), 503, 'it has delivered a frame, and none for a minute now');
  viewer.socket.destroy();
  await until(() => garage.sinks.size === 0);
  t.is(await statusOf(), 200, 'on standby again');
});

test('/healthz reports that the process is alive', async (t) => {
  const { url } = await serve(t);
  t.deepEqual(await jsonOf(await fetch(`${url}/healthz`)), { ok: true });
  t.is((await fetch(`${url}/healthz/`, { method: 'HEAD' })).status, 200);
});

test('the OpenAPI document describes streams, snapshots and every route of the control API', async (t) => {
  const { url } = await serve(t);
  const document = await jsonOf(await fetch(`${url}/api/openapi.json`));
  t.is(document.openapi, '3.1.0');
  t.deepEqual(Object.keys(document.paths).sort(), [
    '/api/cameras',
    '/api/cameras/{camera}',
    '/api/cameras/{camera}/controls',
    '/healthz',
    '/readyz',
    '/snapshot',
    '/snapshot/{camera}',
    '/state',
    '/state/{camera}',
    '/stream',
    '/stream/{camera}',
  ]);
  const { get, patch } = document.paths['/api/cameras/{camera}/controls'];
  t.like(patch.requestBody.content['application/json'].schema, { type: 'object' });
  t.is(get.parameters[0].name, 'camera');
  const settings = document.paths['/api/cameras/{camera}'].patch.requestBody.content['application/json'].schema;
  t.like(settings, { additionalProperties: false, properties: { rotate: { enum: [0, 90, 180, 270] } } });
  t.true('image/jpeg' in document.paths['/snapshot'].get.responses[200].content);
  // Every documented limit holds.
  for (const kind of ['stream', 'snapshot']) {
    for (const { name, schema } of document.paths[`/${kind}`].get.parameters) {
      const allowed = schema.enum ?? schema.examples ?? [schema.minimum ?? 'x', schema.maximum ?? 'y'];
      for (const value of [allowed[0], allowed.at(-1)]) {
        const path = `${url}/${kind}/garage?timeout=1&${name}=${value}`;
        t.not((await fetch(path, { method: 'HEAD' })).status, 400, path);
      }
      const beyond = schema.enum ? 'none-such' : schema.maximum === undefined ? '!' : schema.maximum + 1;
      const path = `${url}/${kind}/garage?${name}=${beyond}`;
      t.is((await fetch(path, { method: 'HEAD' })).status, 400, path);
    }
  }
});
