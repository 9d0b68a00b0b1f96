import { BackOff, frameBytes } from '@framehub/frame';
import test from 'ava';
import type { Camera } from '../camera.js';
import { take } from '../sources/describe-source.test.helper.js';
import {
  isCameraFrame,
  isPlaceholder,
  NOWHERE,
  nextFrame,
  programs,
  SMALL,
  using,
  watchFrames,
} from '../using-camera.test.helper.js';
import { until, watchState } from '../watch-state.test.helper.js';
import { readFrame } from './read-placeholder.test.helper.js';

/** What the status says of a placeholder at each change of state. */
function watchPlaceholders(camera: Camera): (string | undefined)[] {
  const titles: (string | undefined)[] = [];
  watchState(camera, ({ placeholder }) => titles.push(placeholder));
  return titles;
}

const WIDE = { ...SMALL, width: 320, height: 240 };

test.serial('a camera that fails shows a placeholder: what is wrong, its name, what to do and since when', (t) =>
  using({ source: NOWHERE }, async (camera) => {
    const atOnce = watchPlaceholders(camera);
    camera.open();
    const shown = await nextFrame(camera, isPlaceholder);
    t.deepEqual(atOnce, [undefined], 'a failure may be over soon');
    t.is(shown.placeholder, 'NO PICTURE');
    t.like(shown.format, { fourcc: 'YU12', width: 1280, height: 720 });
    t.is(shown.byteLength, frameBytes(shown.format));
    const [title, name, advice, since] = readFrame(shown).map(({ text }) => text);
    t.deepEqual([title, name, advice], ['NO PICTURE', 'garage', 'the log says why']);
    t.regex(since ?? '', /^since \d\d:\d\d:\d\d$/);
    t.true(Math.abs(Date.now() - shown.capturedAt) < 5000);
  }),
);

test.serial('a placeholder has the size of the last frame, and live frames follow it', (t) =>
  using({ source: WIDE }, async (camera) => {
    const [before] = await take(camera, 1);
    const atOnce = watchPlaceholders(camera);
    await camera.switchOff();
    t.deepEqual(new Set(atOnce), new Set([undefined]), 'it may be on again soon');
    const shown = await nextFrame(camera, isPlaceholder);
    t.like(shown, { placeholder: 'CAMERA OFF', format: { width: 320, height: 240 } });
    t.is(readFrame(shown)[0]?.text, 'CAMERA OFF');
    t.true(shown.sequence > (before?.sequence ?? 0));
    t.is(camera.status().placeholder, 'CAMERA OFF');
    camera.switchOn();
    const after = await nextFrame(camera, isCameraFrame);
    t.true(after.sequence > shown.sequence);
    t.is(camera.status().placeholder, undefined);
  }),
);

test.serial('before the first frame a placeholder has the requested size', (t) =>
  using(
    { source: { type: 'v4l2', device: '/dev/framehub-no-such', size: { width: 640, height: 480 } } },
    async (camera) => {
      camera.open();
      const shown = await nextFrame(camera, isPlaceholder);
      t.like(shown.format, { width: 640, height: 480 });
      t.is(shown.placeholder, process.platform === 'linux' ? 'NO CAMERA' : 'NO PICTURE');
    },
  ),
);

for (const [width, height, shownWidth, shownHeight] of [
  [65_535, 65_535, 1080, 1080],
  [3840, 2160, 1920, 1080],
  [8192, 16, 1920, 4],
  [1, 1, 1, 1],
  [1921, 1, 1920, 1],
] as const)
  test.serial(`after frames of ${width}x${height} a placeholder has ${shownWidth}x${shownHeight}`, (t) => {
    const format = { fourcc: 'JPEG', width, height, stride: 0, range: 'full' };
    const report = { type: 'report', captured: 1, dropped: {}, sequence: 0, format };
    const failed = { type: 'failed', error: { code: 'CAPTURE_STALLED', message: 'a failure', details: {} } };
    const program = `import { parentPort } from 'node:worker_threads';
      parentPort.postMessage(${JSON.stringify(report)});
      parentPort.postMessage(${JSON.stringify(failed)});`;
    return using(
      {},
      async (camera) => {
        const shown = await nextFrame(camera, isPlaceholder);
        t.like(shown.format, { width: shownWidth, height: shownHeight });
      },
      { ...programs([program]), backOff: new BackOff({ minMs: 60_000, maxMs: 60_000 }) },
    );
  });

test.serial('placeholders repeat with rising sequences and present times, from the same memory', (t) =>
  using({ source: NOWHERE }, async (camera) => {
    const [first, second] = await take(camera, 2);
    t.true((second?.sequence ?? 0) > (first?.sequence ?? 0));
    t.true((second?.capturedAt ?? 0) > (first?.capturedAt ?? 0));
    t.is(second?.lease()?.bytes.buffer, first?.lease()?.bytes.buffer);
  }),
);

test.serial('several sinks share the placeholders', (t) =>
  using({ source: NOWHERE }, async (camera) => {
    const sequences: number[] = [];
    const stop = watchFrames(camera, ({ sequence }) => sequences.push(sequence));
    await nextFrame(camera, isPlaceholder);
    await nextFrame(camera, isPlaceholder);
    stop.close();
    t.deepEqual(
      sequences,
      [...new Set(sequences)].sort((a, b) => a - b),
    );
  }),
);

test.serial('placeholders are not counted', (t) =>
  using({ source: NOWHERE }, async (camera) => {
    await take(camera, 2);
    const { frames, lastFrameAt, frozenSince, fps, format, placeholder } = camera.status();
    t.deepEqual(frames, { captured: 0, dropped: {} });
    t.deepEqual([lastFrameAt, frozenSince, fps.measured, format], [undefined, undefined, 0, undefined]);
    t.is(placeholder, 'NO PICTURE');
  }),
);

/** Neither lives nor fails, until it is asked something. */
const TRYING = `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ type }) => type === 'controls' && process.exit(1));`;

test.serial('frames have higher sequences than the placeholders before them', (t) =>
  using(
    { source: WIDE },
    async (camera) => {
      const sequences: number[] = [];
      const stop = watchFrames(camera, ({ sequence }) => sequences.push(sequence));
      await until(camera, ({ state }) => state === 'retrying');
      const placeholders = await take(camera, 2);
      t.true(placeholders.every(isPlaceholder));
      t.is(camera.status().restarts, 1);
      await t.throwsAsync(camera.controls(), { code: 'CAPTURE_THREAD_DIED' });
      await nextFrame(camera, isCameraFrame);
      stop.close();
      t.true(sequences.length > 2);
      t.deepEqual(
        sequences,
        [...new Set(sequences)].sort((a, b) => a - b),
      );
    },
    programs(['throw new Error("broken inside")', TRYING]),
  ),
);
