import { silentLogger } from '@framehub/frame';
import test from 'ava';
import type { CameraEvent } from './status-tracker.js';
import { programs, using } from './using-camera.test.helper.js';

/** A thread that reports an image that stands still, twice, and then moves. */
const FREEZING = `import { parentPort } from 'node:worker_threads';
const since = [undefined, 1000, 1000, undefined, undefined];
for (const [i, frozenSince] of since.entries())
  parentPort.postMessage({ type: 'report', captured: i + 1, dropped: {}, sequence: i, lastFrameAt: 2000, frozenSince });
parentPort.on('message', ({ type }) => type === 'stop' && process.exit());`;

test.serial('an image that freezes, and one that moves again, is emitted and logged once', async (t) => {
  const logged: string[] = [];
  const log = (_data: object, message: string): void => void logged.push(message);
  const frozen: (number | undefined)[] = [];
  const states: string[] = [];
  await using(
    {},
    async (camera) => {
      const moves = new Promise<void>((resolve) => {
        camera.subscribe((event: CameraEvent) => {
          if (event.type === 'state') states.push(event.snapshot.state);
          if (event.type !== 'frozen') return;
          frozen.push(event.snapshot.frozenSince);
          if (event.snapshot.frozenSince === undefined) resolve();
        });
      });
      camera.open();
      await moves;
      while (camera.status().frames.captured < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    programs([FREEZING]),
    { ...silentLogger, info: log, warn: log },
  );
  t.deepEqual(frozen, [1000, undefined]);
  t.deepEqual(states, ['live', 'closed'], 'it is live all the while');
  t.deepEqual(
    logged.filter((line) => /image/.test(line)).map((line) => /frozen|moves again/.exec(line)?.[0]),
    ['frozen', 'moves again'],
  );
});
