import { SupervisedCamera } from './camera.js';
import { CaptureThread } from './capture-thread.js';
import type { SourceOptions } from './options.js';
import { SMALL } from './using-camera.test.helper.js';

/**
 * A program that watches a pattern and the stream at the address that it is given, with short time-outs. It writes a line
 * `live` when both are, and for each line that it reads one with their failures, after `FRAMES` more images of each.
 */
const FRAMES = 100;
const [, , url = ''] = process.argv;

const open = (name: string, source: SourceOptions): SupervisedCamera => {
  const camera = new SupervisedCamera(
    { name, source, stallAfter: 1000 },
    { startThread: (data, events) => new CaptureThread(data, events, { silenceMs: 1500, exitMs: 1500 }) },
  );
  camera.open();
  return camera;
};

const cameras = [open('pattern', SMALL), open('stream', { type: 'http', url })];
const frames = cameras.map((camera) => {
  const counter = { count: 0, reached: () => {} };
  camera.start(() => {
    counter.count += 1;
    counter.reached();
  });
  return counter;
});

const more = (count: number): Promise<unknown> =>
  Promise.all(
    frames.map(
      (counter) =>
        new Promise<void>((resolve) => {
          const end = counter.count + count;
          counter.reached = () => counter.count >= end && resolve();
        }),
    ),
  );

await more(5);
process.stdout.write('live\n');
process.stdin.on('data', async () => {
  await more(FRAMES);
  const failures = cameras.map((camera) => ({ ...camera.status().failures, restarts: camera.status().restarts }));
  process.stdout.write(`${JSON.stringify(failures)}\n`);
});
