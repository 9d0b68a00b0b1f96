import test from 'ava';
import { take } from './sources/describe-source.test.helper.js';
import { isCameraFrame, NOWHERE, nextFrame, using, watchFrames } from './using-camera.test.helper.js';
import { until, watchState } from './watch-state.test.helper.js';

test.serial('a camera that is switched off is closed, and stays so whatever the demand', (t) =>
  using({}, async (camera) => {
    const states: string[] = [];
    watchState(camera, ({ state }) => states.push(state));
    await take(camera, 1);
    await camera.switchOff();
    const { captured } = camera.status().frames;
    camera.open();
    const stop = watchFrames(camera, (frame) => t.is(frame.placeholder, 'CAMERA OFF'));
    await take(camera, 2);
    await t.throwsAsync(camera.controls(), { code: 'CAPTURE_OFF', message: /garage is switched off: switch it on/ });
    stop.close();
    t.is(camera.status().frames.captured, captured);
    t.is((await camera.settled()).state, 'off');
    camera.switchOn();
    await until(camera, ({ state }) => state === 'live');
    t.deepEqual(states, ['live', 'off', 'starting', 'live']);
  }),
);

test.serial('switched on before it has been closed, it starts after that', (t) =>
  using({}, async (camera) => {
    const [before] = await take(camera, 1);
    const off = camera.switchOff();
    camera.switchOn();
    t.is(camera.status().state, 'starting');
    await off;
    const after = await nextFrame(camera, isCameraFrame);
    t.true(after.sequence > (before?.sequence ?? 0));
    t.deepEqual(camera.status().failures, {});
  }),
);

test.serial('a camera can be off from the beginning', (t) =>
  using({}, async (camera) => {
    await camera.switchOff();
    camera.open();
    t.is(camera.status().state, 'off');
    camera.switchOn();
    t.is((await camera.settled()).state, 'live');
  }),
);

test.serial('a camera that is off is not retried, and has no error', (t) =>
  using({ source: NOWHERE }, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'retrying');
    await camera.switchOff();
    t.like(camera.status(), { state: 'off', error: undefined });
    camera.switchOn();
    await until(camera, ({ state }) => state === 'retrying');
    t.is(camera.status().restarts, 0);
  }),
);

test.serial('a closed camera is not switched on again', (t) =>
  using({}, async (camera) => {
    await camera.close();
    await camera.switchOff();
    camera.switchOn();
    t.is(camera.status().state, 'closed');
  }),
);
