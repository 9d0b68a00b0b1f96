import { parentPort, workerData } from 'node:worker_threads';
import { codeOf, FramehubError, recordOf } from '@framehub/frame';
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
 * main thread starts another, so that a fresh start never meets the remains of the last one.
 */
const REPORT_EVERY_MS = 500;

if (!parentPort) throw new Error('this file is the entry of a worker thread');
const port = parentPort;
const { camera, firstSequence, controls, originals, seen, doorbell } = workerData as ThreadData;
const { warmup } = camera;
const post = (message: ThreadMessage): void => port.postMessage(message);

const outlet = new Outlet(post, { fps: camera.fps, warmup });
const watch = new StallWatch(camera.stallAfter);
let source: Source | undefined;
let ended = false;

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
  fail: (error) => void end(error),
};

const reports = setInterval(() => {
  outlet.report(source?.lively ?? false);
  const stalled = watch.check(source?.expecting ?? false, outlet.lastFrame, outlet.unfit);
  if (stalled) void end(stalled);
}, REPORT_EVERY_MS);

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
  } catch (error) {
    post({ type: 'refusal', id, error: recordOf(error) });
  }
}

async function end(error?: FramehubError): Promise<void> {
  if (ended) return;
  ended = true;
  clearInterval(reports);
  outlet.report(false);
  if (error) post({ type: 'failed', error: error.toJSON() });
  // Told to stop while a connection or a file was being opened: there is nothing yet that needs closing in order.
  if (!source && !error) process.exit(0);
  await source?.close();
  port.close();
}

const opening = openSource(camera.source, host, { controls, originals, seen, warmup });
try {
  source = await opening;
  tellDemand();
  // Told to stop, or failed, while it was being opened.
  if (ended) await source.close();
} catch (error) {
  await end(codeOf(error)?.startsWith('CAPTURE_') ? (error as FramehubError) : internal(error));
}

function internal(error: unknown): FramehubError {
  const { code, message } = recordOf(error);
  return new FramehubError('CAPTURE_INTERNAL', `camera ${camera.name} could not be opened: ${message} (${code})`, {
    code,
  });
}
