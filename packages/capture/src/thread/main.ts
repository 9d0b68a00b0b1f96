import { parentPort, workerData } from 'node:worker_threads';
import type { FramehubError } from '@framehub/frame';
import { captureFailure } from '../capture-error.js';
import { Doorbell } from '../doorbell.js';
import type { Command, ThreadData, ThreadMessage } from '../messages.js';
import { openSource } from '../sources/open-source.js';
import type { Source, SourceHost } from '../sources/source.js';
import { Outlet } from './outlet.js';
import { StallWatch } from './stall-watch.js';

/**
 * A camera's thread: one source from its opening to its end.
 *
 * Nobody restarts anything here. When the source fails, the thread says so and exits, and the supervisor on the
 * main thread starts another, so that a fresh start never meets the remains of the last one. Whatever is thrown, in a
 * timer or a listener too, is such a failure.
 */
const REPORT_EVERY_MS = 500;
/** A timer that throws may do so again and again until the thread is gone. */
const MOST_FAULTS_LOGGED = 5;

if (!parentPort) throw new Error('this file is the entry of a worker thread');
const port = parentPort;
const { camera, firstSequence, controls, originals, seen, doorbell } = workerData as ThreadData;
const { warmup } = camera;
const post = (message: ThreadMessage): void => port.postMessage(message);

const outlet = new Outlet(post, { fps: camera.fps, warmup });
const watch = new StallWatch(camera.stallAfter);
let source: Source | undefined;
let ended = false;
let faults = 0;

const host: SourceHost = {
  cameraName: camera.name,
  firstSequence,
  doorbell: new Doorbell(doorbell),
  opened: (opened) => {
    watch.rate(opened.fps);
    post({ type: 'opened', ...opened });
  },
  missed: (device) => post({ type: 'missed', seen: device }),
  restarted: () => {
    outlet.warmUp();
    tellDemand();
  },
  frame: (bytes, format, sequence, capturedAt, roomFor) => {
    if (ended) return false;
    const { warmingUp } = outlet;
    const given = outlet.frame(bytes, format, sequence, capturedAt, roomFor);
    if (warmingUp && !outlet.warmingUp) tellDemand();
    return given;
  },
  drop: (reason, count) => outlet.drop(reason, count),
  log: (level, message) => post({ type: 'log', level, message }),
  originals: (values) => post({ type: 'originals', values }),
  controlsChanged: (list, changed) => post({ type: 'controls-changed', controls: list, changed }),
  fail: (thrown) => void fail(thrown),
};

for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (thrown) => void fail(thrown));

const reports = setInterval(() => outlet.report(source?.lively ?? false), REPORT_EVERY_MS);

const looks = setInterval(() => {
  const stalled = watch.look(source?.expecting ?? false, outlet.lastFrame, outlet.unfit);
  if (stalled) void fail(stalled);
}, watch.every);

/** A source that rests without demand could not warm up. */
const tellDemand = (): void => source?.demand(outlet.demand > 0 || outlet.warmingUp);

port.on('message', (command: Command) => {
  switch (command.type) {
    case 'demand':
      outlet.demand = command.demand;
      tellDemand();
      return;
    case 'controls':
      void answer(command, async (open) => ({ type: 'reply', controls: open.controls() }));
      return;
    case 'set-controls':
      void answer(command, async (open) => ({ type: 'reply', controls: open.setControls(command.values) }));
      return;
    case 'replace-controls':
      void answer(command, async (open) => ({ type: 'reply', controls: open.replaceControls(command.values) }));
      return;
    case 'still':
      void answer(command, async (open) => ({ type: 'still', still: await open.still(command.size) }));
      return;
    case 'stop':
      void end();
  }
});

type Reply = Extract<ThreadMessage, { type: 'reply' }> | Extract<ThreadMessage, { type: 'still' }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** A question that comes while the source is being opened waits for it; if that fails, the thread's end is the answer. */
async function answer(
  { id }: { readonly id: number },
  ask: (open: Source) => Promise<WithoutId<Reply>>,
): Promise<void> {
  const open = await opening.catch(() => undefined);
  if (!open) return;
  try {
    post({ id, ...(await ask(open)) });
  } catch (thrown) {
    post({ type: 'refusal', id, error: explained(thrown).toJSON() });
  }
}

/** The source, or what was to become of it, is of no use any more. */
async function fail(thrown: unknown): Promise<void> {
  const error = explained(thrown);
  if (!ended) await end(error);
}

async function end(error?: FramehubError): Promise<void> {
  if (ended) return;
  ended = true;
  clearInterval(reports);
  clearInterval(looks);
  outlet.report(false);
  if (error) post({ type: 'failed', error: error.toJSON() });
  // Told to stop while a connection or a file was being opened: there is nothing yet that needs closing in order.
  if (!source && !error) process.exit(0);
  try {
    const open = source ?? (await opening.catch(() => undefined));
    await open?.close();
  } catch (thrown) {
    explained(thrown);
  }
  port.close();
}

/** In terms of this package, and logged where nobody foresaw it. */
function explained(thrown: unknown): FramehubError {
  const { error, place } = captureFailure(thrown);
  if (place !== undefined && ++faults <= MOST_FAULTS_LOGGED)
    post({ type: 'log', level: 'error', message: `${error.message} (thrown at ${place})` });
  return error;
}

const opening = openSource(camera.source, host, { controls, originals, seen, warmup });
try {
  source = await opening;
  if (!ended) tellDemand();
} catch (thrown) {
  await fail(thrown);
}
