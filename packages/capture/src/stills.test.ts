import test from 'ava';
import { isCameraFrame, NOWHERE, nextFrame, programs, using } from './using-camera.test.helper.js';
import { until } from './watch-state.test.helper.js';

test.serial('where another size makes no difference, a still is the next frame, in memory of its own', (t) =>
  using({}, async (camera) => {
    const before = await nextFrame(camera, isCameraFrame);
    const still = await camera.still('max');
    t.like(still.format, { width: 64, height: 48 });
    t.true(still.sequence > before.sequence);
    t.is(still.byteLength, 64 * 48 * 2);
    const [one, two] = [still.lease(), still.lease()];
    t.is(one?.bytes.length, still.byteLength);
    t.is(one?.bytes.buffer.byteLength, still.byteLength);
    one?.release();
    two?.release();
    t.truthy(still.lease(), 'it is never overwritten');
  }),
);

test.serial('a camera on standby is opened for a still, and is on standby again', (t) =>
  using({ idle: 0 }, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'standby');
    t.like((await camera.still('max')).format, { width: 64 });
    await until(camera, ({ state }) => state === 'standby');
  }),
);

test.serial('callers that ask for the same size at a time share the still', (t) =>
  using({}, async (camera) => {
    const [one, two, other] = await Promise.all([
      camera.still({ width: 64, height: 48 }),
      camera.still({ width: 64, height: 48 }),
      camera.still('max'),
    ]);
    t.is(one, two);
    t.not(one, other);
    t.not(await camera.still('max'), other);
  }),
);

/** A thread that answers with a still, like a camera that has another size. */
const STILL = `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ type, id }) => {
  if (type === 'stop') process.exit();
  if (type !== 'still') return;
  const bytes = new Uint8Array(new SharedArrayBuffer(6)).fill(7);
  const format = { fourcc: 'RGB3', width: 2, height: 1, stride: 6, range: 'full' };
  parentPort.postMessage({ type: 'still', id, still: { bytes, format, sequence: 41, capturedAt: 1000 } });
});`;

test.serial('a still of another size is what the source took, and later frames have higher sequences', (t) =>
  using(
    {},
    async (camera) => {
      const still = await camera.still('max');
      t.like(still, { sequence: 41, capturedAt: 1000, byteLength: 6, format: { fourcc: 'RGB3', width: 2 } });
      t.deepEqual([...(still.lease()?.bytes ?? [])], [7, 7, 7, 7, 7, 7]);
      await camera.switchOff();
      camera.switchOn();
      t.true((await nextFrame(camera, isCameraFrame)).sequence > 41);
    },
    programs([STILL]),
  ),
);

test.serial('without frames there are no stills, and no placeholders in their place', (t) =>
  using({ source: NOWHERE }, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'retrying');
    await t.throwsAsync(camera.still('max'), { code: 'CAPTURE_FILE_MISSING' });
    await camera.switchOff();
    await t.throwsAsync(camera.still('max'), { code: 'CAPTURE_OFF' });
    await camera.close();
    await t.throwsAsync(camera.still('max'), { code: 'CAPTURE_CLOSED' });
  }),
);

test.serial('a still rejects when the camera is switched off while it waits for a frame', (t) =>
  using({ warmup: { milliseconds: 60_000 } }, async (camera) => {
    const still = camera.still('max');
    const failed = t.throwsAsync(still, { code: 'CAPTURE_OFF' });
    await camera.controls();
    await camera.switchOff();
    await failed;
  }),
);

test.serial('a still rejects when the camera fails while it waits for a frame', (t) =>
  using(
    {},
    async (camera) => {
      await t.throwsAsync(camera.still('max'), { code: 'CAPTURE_THREAD_DIED' });
    },
    programs([
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', ({ type }) => type === 'still' && process.exit(1));",
    ]),
  ),
);
