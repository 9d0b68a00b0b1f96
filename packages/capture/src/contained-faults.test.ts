import { type Logger, silentLogger } from '@framehub/frame';
import test from 'ava';
import type { StartThread } from './supervisor.js';
import { isCameraFrame, NOWHERE, nextFrame, programs, using, watchFrames } from './using-camera.test.helper.js';
import { until } from './watch-state.test.helper.js';

// A fault that is not contained ends the process, and the test with it.

interface Line {
  readonly data: Readonly<Record<string, unknown>>;
  readonly message: string;
}

function recorder(): { lines: Line[]; logger: Logger } {
  const lines: Line[] = [];
  const error = (data: object, message: string): void => void lines.push({ data: { ...data }, message });
  return { lines, logger: { ...silentLogger, error } };
}

const saying = (...messages: string[]): string => `import { parentPort } from 'node:worker_threads';
  ${messages.map((message) => `parentPort.postMessage(${message});`).join('\n')}
  parentPort.on('message', ({ type }) => type === 'stop' && process.exit());`;

const NONSENSE: readonly (readonly [what: string, message: string])[] = [
  ['an invalid ring', "{ type: 'ring', buffer: new SharedArrayBuffer(64), format: {} }"],
  ['a report without counts', "{ type: 'report', captured: 1 }"],
  ['an invalid error', "{ type: 'failed' }"],
  ['null', 'null'],
];

for (const [what, message] of NONSENSE)
  test.serial(`a thread that sends ${what} is a failed camera, which is started again`, async (t) => {
    const { lines, logger } = recorder();
    await using(
      {},
      async (camera) => {
        const failed = until(camera, ({ error }) => error?.code === 'CAPTURE_INTERNAL');
        camera.open();
        await failed;
        t.is((await nextFrame(camera, isCameraFrame)).placeholder, undefined);
        t.is(camera.status().failures.CAPTURE_INTERNAL, 1);
      },
      programs([saying(message)]),
      logger,
    );
    t.is(lines.length, 1);
    t.is(lines[0]?.data.camera, 'garage');
    t.regex(lines[0]?.message ?? '', /a fault in framehub: .* \(thrown at .*\.[jt]s:\d+/);
  });

test.serial('a thread that cannot be started is a failed camera, at the first try and at later ones', async (t) => {
  const { lines, logger } = recorder();
  const { startThread, ...parts } = programs([]);
  let tries = 0;
  await using(
    {},
    async (camera) => {
      camera.open();
      await nextFrame(camera, isCameraFrame);
    },
    {
      ...parts,
      startThread: (...args) => {
        tries += 1;
        if (tries <= 3) throw new RangeError('no room for another thread');
        return (startThread as StartThread)(...args);
      },
    },
    logger,
  );
  t.is(tries, 4);
  t.is(lines.length, 1, 'the same is said once');
  t.regex(lines[0]?.message ?? '', /no room for another thread/);
});

test.serial('a fault while a placeholder is shown stops nothing: the next one comes a second later', async (t) => {
  const { lines, logger } = recorder();
  await using(
    { source: NOWHERE },
    async (camera) => {
      let placeholders = 0;
      await new Promise<void>((resolve) => {
        watchFrames(camera, ({ placeholder }) => {
          if (placeholder === undefined) return;
          placeholders += 1;
          if (placeholders === 2) resolve();
          throw new RangeError('this placeholder is not wanted');
        });
      });
      t.is(camera.status().error?.code, 'CAPTURE_INTERNAL');
    },
    programs([]),
    logger,
  );
  t.regex(lines[0]?.message ?? '', /this placeholder is not wanted/);
});
