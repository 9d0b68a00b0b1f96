import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { silentLogger } from '@framehub/frame';
import test from 'ava';
import { Camera } from './camera.js';
import { take } from './sources/describe-source.test.helper.js';
import { NOWHERE, programs, SMALL, using, watchFrames } from './using-camera.test.helper.js';
import { until, watchState } from './watch-state.test.helper.js';

test.serial('a camera delivers to one consumer at a time, and to the next one after it', (t) =>
  using({}, async (camera) => {
    const first = camera.start(() => {});
    t.throws(() => camera.start(() => {}), { code: 'CAPTURE_ALREADY_STARTED' });
    first.close();
    const second = camera.start(() => {});
    first.close();
    t.throws(() => camera.start(() => {}), { code: 'CAPTURE_ALREADY_STARTED' });
    second.close();
    t.is((await take(camera, 1)).length, 1);
  }),
);

test.serial('a request rejects when its signal aborts, and the work goes on', (t) =>
  using({}, async (camera) => {
    const expected = { message: 'no longer' };
    await t.throwsAsync(camera.settled({ signal: AbortSignal.abort(new Error('no longer')) }), expected);
    await t.throwsAsync(camera.controls({ signal: AbortSignal.abort(new Error('no longer')) }), expected);
    await t.throwsAsync(camera.still('max', { signal: AbortSignal.abort(new Error('no longer')) }), expected);
    const changed = new Promise((resolve) => camera.subscribe(({ type }) => type === 'controls' && resolve(type)));
    const controller = new AbortController();
    const set = camera.setControls({ brightness: 9 }, { signal: controller.signal });
    controller.abort(new Error('no longer'));
    await t.throwsAsync(set, expected);
    await changed;
    const controls = await camera.controls();
    t.is(controls.find(({ name }) => name === 'brightness')?.value, 9);
  }),
);

test.serial('a listener that throws stops neither the camera nor other listeners', async (t) => {
  const faults: string[] = [];
  const logger = { ...silentLogger, error: (_data: object, message: string) => void faults.push(message) };
  await using(
    {},
    async (camera) => {
      camera.subscribe(() => {
        throw new RangeError('broken listener');
      });
      camera.open();
      await until(camera, ({ state }) => state === 'live');
      t.is(camera.status().error, undefined);
    },
    {},
    logger,
  );
  t.regex(faults[0] ?? '', /broken listener/);
});

test.serial('a camera is closed at the end of an await using block', async (t) => {
  let closed: Camera;
  {
    await using camera = new Camera({ name: 'garage', source: SMALL });
    camera.open();
    closed = camera;
  }
  t.is(closed.status().state, 'closed');
});

test.serial('states are announced once each', (t) =>
  using({}, async (camera) => {
    const states: string[] = [];
    watchState(camera, ({ state }) => states.push(state));
    camera.open();
    await camera.settled();
    await take(camera, 3);
    await camera.close();
    t.deepEqual(states, ['live', 'closed']);
  }),
);

test.serial('what is not opened is opened by demand', (t) =>
  using({}, async (camera) => {
    t.is((await take(camera, 2)).length, 2);
  }),
);

test.serial('status has format, frame rate and frames', (t) =>
  using({}, async (camera) => {
    camera.open();
    await take(camera, 60);
    const { name, source, format, fps, frames, lastFrameAt, frozenSince, error } = camera.status();
    t.is(name, 'garage');
    t.regex(source, /test pattern 64x48 YUYV/);
    t.like(format, { fourcc: 'YUYV', width: 64, height: 48, stride: 128, range: 'limited' });
    t.is(fps.nominal, 50);
    t.true(fps.measured > 0);
    t.true(frames.captured > 25);
    t.true(Math.abs((lastFrameAt ?? 0) - Date.now()) < 2000);
    t.is(frozenSince, undefined);
    t.is(error, undefined);
  }),
);

test.serial('a rate is thinned exactly', (t) =>
  using({ source: { ...SMALL, fps: 60 }, fps: 24 }, async (camera) => {
    const frames = await take(camera, 48);
    const seconds = ((frames.at(-1)?.capturedAt ?? 0) - (frames[0]?.capturedAt ?? 0)) / 1000;
    const rate = (frames.length - 1) / seconds;
    // Less when the machine is busy; never more.
    t.true(rate > 2 && rate < 30, `${rate} frames a second`);
  }),
);

test.serial('a sink that holds all slots costs newer frames, counted, and nothing else', (t) =>
  using({}, async (camera) => {
    const leases = await new Promise<{ release(): void }[]>((resolve) => {
      const held: { release(): void }[] = [];
      const stop = watchFrames(camera, (frame) => {
        const lease = frame.lease();
        if (lease) held.push(lease);
        if (held.length < 6) return;
        stop.close();
        resolve(held);
      });
    });
    const off = watchFrames(camera, () => t.fail('no slot is free'));
    while (!camera.status().frames.dropped['ring-full']) await new Promise((resolve) => setTimeout(resolve, 5));
    off.close();
    for (const lease of leases) lease.release();
    t.is((await take(camera, 3)).length, 3);
  }),
);

test.serial('a camera is on standby after its idle time, and demand opens it; sequences go on rising', (t) =>
  using({ idle: 0.05 }, async (camera) => {
    const states: string[] = [];
    watchState(camera, ({ state }) => states.push(state));
    camera.open();
    const [before] = await take(camera, 1);
    await until(camera, ({ state }) => state === 'standby');
    const [after] = await take(camera, 1);
    t.true((after?.sequence ?? 0) > (before?.sequence ?? 0));
    t.is(camera.status().restarts, 0);
    await until(camera, ({ state }) => state === 'standby');
    t.deepEqual(states, ['live', 'standby', 'starting', 'live', 'standby']);
  }),
);

test.serial('a camera is not put on standby while frames are wanted', (t) =>
  using({ idle: 0 }, async (camera) => {
    watchState(camera, ({ state }) => t.not(state, 'standby'));
    await take(camera, 50).then(() => camera.close());
  }),
);

test.serial('controls are read, set and kept over standby; a camera on standby is opened for them', (t) =>
  using({ idle: 0 }, async (camera) => {
    camera.open();
    t.like(await camera.controls(), [{ name: 'brightness', value: 128, minimum: 0, maximum: 255 }]);
    t.like(await camera.setControls({ brightness: 200 }), [{ value: 200 }]);
    await until(camera, ({ state }) => state === 'standby');
    t.like(await camera.controls(), [{ value: 200 }]);
  }),
);

for (const [values, code, message] of [
  [{ brightness: 256 }, 'CAPTURE_CONTROL_RANGE', /must be a whole number from 0 to 255, not 256/],
  [{ brightness: 1.5 }, 'CAPTURE_CONTROL_RANGE', /1\.5/],
  [{ brightness: 10, zoom: 1 }, 'CAPTURE_CONTROL_UNKNOWN', /zoom; this camera has brightness/],
] as const) {
  test.serial(`setting ${JSON.stringify(values)} is refused, and nothing is set`, (t) =>
    using({}, async (camera) => {
      camera.open();
      const error = await t.throwsAsync(camera.setControls(values), { code });
      t.regex(error?.message ?? '', message);
      t.like(await camera.controls(), [{ value: 128 }]);
    }),
  );
}

test.serial('settled gives up waiting at its limit', (t) =>
  using({}, async (camera) => {
    // Not opened, so it stays where it is.
    t.is((await camera.settled({ timeoutMs: 1 })).state, 'starting');
  }),
);

for (const [what, code, expected] of [
  ['throws', 'throw new Error("broken inside")', { code: 'CAPTURE_THREAD_DIED', message: /broken inside/ }],
  ['exits', 'process.exit(3)', { code: 'CAPTURE_THREAD_DIED', message: /code 3/ }],
  ['hangs', 'for (;;);', { code: 'CAPTURE_THREAD_HUNG', message: /no sign of life/ }],
] as const) {
  test.serial(`a thread that ${what} is replaced`, (t) =>
    using(
      {},
      async (camera) => {
        const errors: (string | undefined)[] = [];
        watchState(camera, ({ error }) => errors.push(error?.code));
        camera.open();
        const retrying = await until(camera, ({ state }) => state === 'retrying');
        t.is(retrying.state, 'retrying');
        t.is(retrying.error?.code, expected.code);
        t.regex(retrying.error?.message ?? '', expected.message);
        const live = await until(camera, ({ state }) => state === 'live');
        t.is(live.error, undefined);
        t.is(live.restarts, 1);
        t.is((await take(camera, 2)).length, 2);
      },
      programs([code], what === 'hangs' ? { exitMs: 200, silenceMs: 300 } : {}),
    ),
  );
}

test.serial('a hanging thread does not hold up closing', (t) =>
  using(
    {},
    async (camera) => {
      camera.open();
      await camera.close();
      t.is(camera.status().state, 'closed');
    },
    programs(['for (;;);'], { exitMs: 200, silenceMs: 60_000 }),
  ),
);

test.serial('requests to a thread that dies reject with its error', (t) =>
  using(
    {},
    async (camera) => {
      camera.open();
      await t.throwsAsync(camera.controls(), { code: 'CAPTURE_THREAD_DIED' });
    },
    programs(['import { parentPort } from "node:worker_threads"; parentPort.once("message", () => process.exit(1));']),
  ),
);

test.serial(
  'a failure that lasts is announced and logged once, whatever its words, and another one again',
  async (t) => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_data: object, message: string) => void warnings.push(message) };
    const codes: (string | undefined)[] = [];
    await using(
      {},
      async (camera) => {
        watchState(camera, ({ state, error }) => state === 'retrying' && codes.push(error?.code));
        camera.open();
        const { restarts, failures } = await until(camera, ({ state }) => state === 'live');
        t.is(restarts, 3);
        t.deepEqual(failures, { CAPTURE_THREAD_DIED: 2, CAPTURE_THREAD_HUNG: 1 });
      },
      programs(['throw new Error("one")', 'throw new Error("two")', 'for (;;);'], { exitMs: 200, silenceMs: 10_000 }),
      logger,
    );
    t.is(warnings.length, 2);
    t.regex(warnings[0] ?? '', /one.*\(it is tried again\)/);
    t.deepEqual(codes, ['CAPTURE_THREAD_DIED', 'CAPTURE_THREAD_HUNG']);
  },
);

test.serial('closing does not wait for an address that does not answer', async (t) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await using({ source: { type: 'http', url: `http://127.0.0.1:${port}/` } }, async (camera) => {
    camera.open();
    const [socket] = (await once(silent, 'connection')) as [Socket];
    await camera.close();
    socket.destroy();
    t.deepEqual(camera.status().error, undefined);
  });
  silent.close();
});

test.serial('closing while it waits for the next try ends the tries', (t) =>
  using({ source: NOWHERE }, async (camera) => {
    camera.open();
    await until(camera, ({ state }) => state === 'retrying');
    await camera.close();
    t.is(camera.status().state, 'closed');
    t.is(camera.status().error, undefined);
  }),
);

// Both kinds of system are tested by running on both: a skipped test would look like one that lacks a tool.
if (process.platform === 'linux') {
  test.serial('a missing device is reported', (t) =>
    using({ source: { type: 'v4l2', device: '/dev/framehub-no-such' } }, async (camera) => {
      camera.open();
      const { state, error } = await camera.settled();
      t.is(state, 'retrying');
      t.is(error?.code, 'CAPTURE_DEVICE_GONE');
      t.regex(error?.message ?? '', /framehub-no-such is not there/);
      await t.throwsAsync(camera.controls(), { code: 'CAPTURE_DEVICE_GONE' });
    }),
  );

  test.serial('a device that is not a camera is reported', (t) =>
    using({ source: { type: 'v4l2', device: '/dev/null' } }, async (camera) => {
      camera.open();
      t.is((await camera.settled()).error?.code, 'CAPTURE_NOT_A_CAMERA');
    }),
  );
} else {
  test.serial('V4L2 without Linux is reported', (t) =>
    using({ source: { type: 'v4l2', device: '/dev/video0' } }, async (camera) => {
      camera.open();
      t.is((await camera.settled()).error?.code, 'CAPTURE_UNSUPPORTED_PLATFORM');
    }),
  );
}
