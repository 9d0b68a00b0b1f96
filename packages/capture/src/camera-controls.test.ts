import type { CameraControl } from '@framehub/frame';
import test from 'ava';
import type { Camera } from './camera.js';
import type { CameraEvent } from './status-tracker.js';
import { isCameraFrame, NOWHERE, nextFrame, programs, SMALL, using } from './using-camera.test.helper.js';
import { until } from './watch-state.test.helper.js';

const valueIn = (controls: readonly CameraControl[], wanted: string) =>
  controls.find(({ name }) => name === wanted)?.value;

async function values(camera: Camera, ...names: string[]) {
  const controls = await camera.controls();
  return names.map((name) => valueIn(controls, name));
}

function controlEvents(camera: Camera): Extract<CameraEvent, { type: 'controls' }>[] {
  const events: Extract<CameraEvent, { type: 'controls' }>[] = [];
  camera.subscribe((event) => event.type === 'controls' && events.push(event));
  return events;
}

/** Starts the source anew, with what is kept. */
async function startAnew(camera: Camera): Promise<void> {
  await camera.switchOff();
  camera.switchOn();
  await until(camera, ({ state }) => state === 'live');
}

test.serial('setting controls emits one event, with everything that changed, as read back', (t) =>
  using({}, async (camera) => {
    const events = controlEvents(camera);
    await camera.setControls({ brightness: 200 });
    await camera.setControls({ brightness: 200 });
    await camera.setControls({ exposure_time_absolute: 300 });
    t.deepEqual(
      events.map(({ changed, origin }) => ({ changed: [...changed].sort(), origin })),
      [
        { changed: ['brightness'], origin: 'framehub' },
        { changed: ['auto_exposure', 'exposure_time_absolute'], origin: 'framehub' },
      ],
    );
    t.is(valueIn(events[0]?.controls ?? [], 'brightness'), 200);
  }),
);

test.serial('a refused value is neither emitted nor kept', (t) =>
  using({}, async (camera) => {
    const events = controlEvents(camera);
    await t.throwsAsync(camera.setControls({ brightness: 300 }), { code: 'CAPTURE_CONTROL_RANGE' });
    await t.throwsAsync(camera.replaceControls({ brightness: 300 }), { code: 'CAPTURE_CONTROL_RANGE' });
    await startAnew(camera);
    t.deepEqual(await values(camera, 'brightness'), [128]);
    t.deepEqual(events, []);
  }),
);

test.serial('values that were set are added to those of the options, at each start', (t) =>
  using({ source: { ...SMALL, controls: { brightness: 100, negative: 1 } } }, async (camera) => {
    await camera.setControls({ brightness: 50 });
    await camera.setControls({ ball_speed: 8 });
    await startAnew(camera);
    t.deepEqual(await values(camera, 'brightness', 'negative', 'ball_speed'), [50, 1, 8]);
  }),
);

test.serial('values that replace take the place of all, those of the options included', (t) =>
  using({ source: { ...SMALL, controls: { brightness: 100, negative: 1 } } }, async (camera) => {
    await camera.setControls({ ball_speed: 8 });
    const controls = await camera.replaceControls({ brightness: 60 });
    t.deepEqual(
      ['brightness', 'negative', 'ball_speed'].map((name) => valueIn(controls, name)),
      [60, 0, 4],
    );
    await startAnew(camera);
    t.deepEqual(await values(camera, 'brightness', 'negative', 'ball_speed'), [60, 0, 4]);
  }),
);

test.serial('a button is pressed once, and not at the next start', (t) =>
  using({}, async (camera) => {
    await camera.setControls({ reset: 1 });
    await camera.setControls({ brightness: 70 });
    await startAnew(camera);
    t.deepEqual(await values(camera, 'brightness'), [70]);
  }),
);

test.serial('values for a failing camera are replaced for its next start, but not set', (t) =>
  using({ source: NOWHERE }, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'retrying');
    await t.throwsAsync(camera.setControls({ brightness: 1 }), { code: 'CAPTURE_FILE_MISSING' });
    t.deepEqual(await camera.replaceControls({ brightness: 90 }), []);
  }),
);

/** Tries without an end, and dies of a question. */
const TRYING = `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ type }) => type === 'controls' && process.exit(1));`;

for (const [when, failures, restarts] of [
  ['between two tries', ['throw new Error("broken inside")'], 0],
  ['during a try that fails', ['throw new Error("broken inside")', TRYING], 1],
] as const) {
  test.serial(`values replaced ${when} hold when it is back`, (t) =>
    using(
      { source: { ...SMALL, controls: { negative: 1 } } },
      async (camera) => {
        camera.open();
        await until(camera, ({ state }) => state === 'retrying');
        while (camera.status().restarts < restarts) await new Promise((resolve) => setTimeout(resolve, 5));
        t.deepEqual(await camera.replaceControls({ brightness: 90 }), []);
        await until(camera, ({ state }) => state === 'live');
        t.deepEqual(await values(camera, 'brightness', 'negative'), [90, 0]);
      },
      programs(failures),
    ),
  );
}

test.serial('the same when it is switched off', (t) =>
  using({}, async (camera) => {
    await camera.switchOff();
    await t.throwsAsync(camera.setControls({ brightness: 1 }), { code: 'CAPTURE_OFF' });
    t.deepEqual(await camera.replaceControls({ brightness: 90 }), []);
    camera.switchOn();
    t.deepEqual(await values(camera, 'brightness'), [90]);
  }),
);

test.serial('a value that another program sets is emitted and kept', (t) => {
  const control = { name: 'brightness', value: 77 };
  const told = `import { parentPort } from 'node:worker_threads';
    parentPort.postMessage({ type: 'controls-changed', controls: [${JSON.stringify(control)}], changed: ['brightness'] });
    parentPort.on('message', ({ type }) => type === 'stop' && process.exit());`;
  return using(
    {},
    async (camera) => {
      const heard = new Promise<CameraEvent>((resolve) => {
        camera.subscribe((event) => event.type === 'controls' && resolve(event));
      });
      camera.open();
      t.deepEqual(await heard, { type: 'controls', controls: [control], changed: ['brightness'], origin: 'external' });
      await startAnew(camera);
      t.deepEqual(await values(camera, 'brightness'), [77]);
    },
    programs([told]),
  );
});

test.serial('a change of options keeps what was set, but for what they configure anew', (t) =>
  using({ source: { ...SMALL, controls: { negative: 1 } } }, async (camera) => {
    await nextFrame(camera, isCameraFrame);
    await camera.setControls({ brightness: 50, ball_speed: 8 });
    await camera.change({ source: { ...SMALL, width: 80, controls: { negative: 1 } } });
    t.deepEqual(await values(camera, 'brightness', 'negative', 'ball_speed'), [50, 1, 8]);
    await camera.change({ source: { ...SMALL, width: 80, controls: { brightness: 99 } } });
    t.deepEqual(await values(camera, 'brightness', 'negative', 'ball_speed'), [99, 0, 8]);
  }),
);
