import type { RawFrame } from '@framehub/frame';
import test from 'ava';
import type { Camera } from './camera.js';
import { isCameraFrame, NOWHERE, nextFrame, programs, SMALL, using, watchFrames } from './using-camera.test.helper.js';
import { until, watchState } from './watch-state.test.helper.js';

const LARGE = { ...SMALL, width: 128, height: 96 };
const hasWidth = (width: number) => (frame: RawFrame) => isCameraFrame(frame) && frame.format.width === width;
const widthOf = (camera: Camera): number | undefined => camera.status().format?.width;

function statesOf(camera: Camera): string[] {
  const states: string[] = [];
  watchState(camera, ({ state }) => states.push(state));
  return states;
}

test.serial('a change is done when frames come with the new options; the consumer stays', (t) =>
  using({}, async (camera) => {
    const frames: RawFrame[] = [];
    const stop = watchFrames(camera, (frame) => frames.push(frame));
    await nextFrame(camera, hasWidth(64));
    await camera.change({ source: LARGE });
    t.like(camera.status(), { state: 'live', error: undefined, restarts: 0, failures: {} });
    t.is(widthOf(camera), 128);
    t.regex(camera.status().source, /128x96/);
    await nextFrame(camera, hasWidth(128));
    stop.close();
    t.deepEqual([...new Set(frames.map(({ format }) => format.width))], [64, 128]);
    const sequences = frames.map(({ sequence }) => sequence);
    t.deepEqual(
      sequences,
      [...new Set(sequences)].sort((a, b) => a - b),
    );
    t.true(frames.every(isCameraFrame));
  }),
);

test.serial('another type of source is a change like any other', (t) =>
  using({ source: NOWHERE }, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'retrying');
    await camera.change({ source: SMALL });
    await until(camera, ({ state }) => state === 'live');
    t.regex(camera.status().source, /test pattern/);
  }),
);

test.serial('options with which a live camera fails are taken back, and the reason is thrown', (t) =>
  using({}, async (camera) => {
    const stop = watchFrames(camera, () => {});
    await nextFrame(camera, hasWidth(64));
    const states = statesOf(camera);
    await t.throwsAsync(camera.change({ source: NOWHERE }), { code: 'CAPTURE_FILE_MISSING', message: /nonexistent/ });
    t.like(camera.status(), { state: 'live', error: undefined, placeholder: undefined });
    t.regex(camera.status().source, /test pattern 64x48/);
    t.deepEqual(states, ['starting', 'retrying', 'starting', 'live']);
    await nextFrame(camera, hasWidth(64));
    stop.close();
  }),
);

test.serial('what fails in the old way, too, waits with the old options', (t) =>
  using(
    {},
    async (camera) => {
      camera.open();
      await until(camera, ({ state }) => state === 'live');
      await t.throwsAsync(camera.change({ source: LARGE }), { message: /with the new/ });
      t.is(camera.status().state, 'retrying');
      t.regex(camera.status().error?.message ?? '', /with the old/);
      await until(camera, ({ state }) => state === 'live');
      t.is(widthOf(camera), 64);
    },
    programs([undefined, 'throw new Error("with the new")', 'throw new Error("with the old")']),
  ),
);

test.serial('a camera without frames takes new options and tries them', (t) =>
  using({ source: { ...NOWHERE, fps: 5 } }, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'retrying');
    const states = statesOf(camera);
    await camera.change({ source: { type: 'file', path: '/nonexistent/other' } });
    t.is(camera.status().state, 'retrying');
    t.is(camera.status().source, '/nonexistent/other');
    await camera.change({ source: SMALL });
    await until(camera, ({ state }) => state === 'live');
    t.deepEqual(states, ['live']);
  }),
);

test.serial('a camera that is on standby, off or never opened takes new options for its next start', (t) =>
  using({ idle: 0 }, async (camera) => {
    await camera.change({ source: LARGE, idle: 0 });
    t.is(camera.status().state, 'starting');
    await nextFrame(camera, hasWidth(128));
    await until(camera, ({ state }) => state === 'standby');
    await camera.change({ source: SMALL, idle: 0 });
    t.is(camera.status().state, 'standby');
    await nextFrame(camera, hasWidth(64));
    await camera.switchOff();
    await camera.change({ source: LARGE });
    t.is(camera.status().state, 'off');
    camera.switchOn();
    await nextFrame(camera, hasWidth(128));
  }),
);

test.serial('changes are made one after the other, and a failing one stops none', (t) =>
  using({}, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'live');
    const outcomes = await Promise.allSettled([
      camera.change({ source: LARGE }),
      camera.change({ source: NOWHERE }),
      camera.change({ source: { ...SMALL, width: 80 } }),
    ]);
    t.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    t.is(widthOf(camera), 80);
    t.is(camera.status().state, 'live');
  }),
);

test.serial('the idle time is changed without a restart', (t) =>
  using({}, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'live');
    const states = statesOf(camera);
    await camera.change({ source: SMALL, idle: 0 });
    await until(camera, ({ state }) => state === 'standby');
    t.deepEqual(states, ['standby']);
  }),
);

test.serial('requests during a change are answered after it', (t) =>
  using({}, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'live');
    const before = camera.setControls({ brightness: 10 });
    const change = camera.change({ source: LARGE });
    const after = camera.controls();
    t.is((await before).find(({ name }) => name === 'brightness')?.value, 10);
    await change;
    t.is((await after).find(({ name }) => name === 'brightness')?.value, 10);
  }),
);

test.serial('invalid options are refused, and nothing happens', (t) =>
  using({}, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'live');
    const states = statesOf(camera);
    await t.throwsAsync(camera.change({ source: { ...SMALL, width: 1 } }), { code: 'CAPTURE_INVALID_OPTION' });
    t.deepEqual(states, []);
  }),
);

test.serial('a closed camera is changed no more, not even by a change under way', (t) =>
  using({}, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'live');
    const change = camera.change({ source: LARGE });
    await until(camera, ({ state }) => state === 'starting');
    await camera.close();
    await t.throwsAsync(change, { code: 'CAPTURE_CLOSED' });
    await t.throwsAsync(camera.change({ source: SMALL }), { code: 'CAPTURE_CLOSED' });
  }),
);

test.serial('switched off during a change, it keeps the new options', (t) =>
  using({}, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'live');
    const change = camera.change({ source: LARGE });
    await until(camera, ({ state }) => state === 'starting');
    await camera.switchOff();
    await change;
    t.is(camera.status().state, 'off');
    camera.switchOn();
    await nextFrame(camera, hasWidth(128));
  }),
);
