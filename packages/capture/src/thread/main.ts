import { parentPort, workerData } from 'node:worker_threads';
import { FramehubError } from '@framehub/frame';
import { captureFailure } from '../capture-error.js';
import { type Command, Doorbell, type Request, type Still, type ThreadData, type ThreadMessage } from '../messages.js';
import { noControls } from '../sources/control-values.js';
import type { DeviceControls } from '../sources/device-controls.js';
import { openSource, type Source, type SourceHost } from '../sources/source.js';
import { TickTimeout } from '../tick-timeout.js';
import { Outlet } from './outlet.js';
import { StallWatch } from './stall-watch.js';

/**
 * A camera's thread: one source from its opening to its end.
 *
 * Nothing is restarted here. When the source fails, the thread reports it and exits, and the supervisor on the main
 * thread starts another one, so that a new start never meets remains of the last one. Whatever is thrown, in a timer or
 * a listener too, is such a failure.
 */
const REPORT_EVERY_MS = 500;
/** A timer that throws may do so again and again until the thread has exited. */
const MAX_FAULTS_LOGGED = 5;
/** For the next frame of a stream, where a still needs no other size. */
const MIN_FRAME_TIMEOUT_MS = 10_000;
const FRAME_TIMEOUT_INTERVALS = 3;

if (!parentPort) throw new Error('this file is the entry of a worker thread');
const port = parentPort;
const { camera, firstSequence, controls, originals, seen, doorbell } = workerData as ThreadData;
const { fps, warmup } = camera;
const post = (message: ThreadMessage): void => port.postMessage(message);

const outlet = new Outlet(post, { fps, warmup, onDemand: () => source?.demand(outlet.wanted) });
const watch = new StallWatch(camera.stallAfter);
let source: Source | undefined;
let nominalFps: number | undefined;
let ended = false;
let faults = 0;

const host: SourceHost = {
  cameraName: camera.name,
  firstSequence,
  doorbell: new Doorbell(doorbell),
  opened: (opened) => {
    nominalFps = opened.fps;
    watch.rate(opened.fps);
    post({ type: 'opened', ...opened });
  },
  missed: (device) => post({ type: 'missed', seen: device }),
  restarted: () => outlet.warmUp(),
  frame: outlet.frame,
  drop: outlet.drop,
  log: (level, message) => post({ type: 'log', level, message }),
  originals: (values) => post({ type: 'originals', values }),
  controlsChanged: (list, changed) => post({ type: 'controls-changed', controls: list, changed }),
  fail: (thrown) => void fail(thrown),
};

for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (thrown) => void fail(thrown));

const reports = setInterval(() => outlet.report(source?.lively ?? false), REPORT_EVERY_MS);

const checks = setInterval(() => {
  const stalled = watch.check(source?.expecting ?? false, outlet.lastFrame, outlet.faults);
  if (stalled) void fail(stalled);
}, watch.everyMs);

port.on('message', (command: Command) => {
  if (command.type === 'demand') outlet.demand = command.demand;
  else if (command.type === 'stop') void end();
  else void answer(command);
});

/** A request that comes while the source is being opened waits for it; if that fails, the thread's end is the answer. */
async function answer(command: Request & { readonly id: number }): Promise<void> {
  const { id } = command;
  const open = await opening.catch(() => undefined);
  if (!open) return;
  try {
    if (command.type === 'still')
      post({ type: 'still', id, still: (await open.still?.(command.size)) ?? (await nextFrame()) });
    else post({ type: 'reply', id, controls: useControls(controlsOf(open), command) });
  } catch (thrown) {
    post({ type: 'refusal', id, error: explained(thrown).toJSON() });
  }
}

function controlsOf(open: Source): DeviceControls {
  if (!open.controls) throw noControls();
  return open.controls;
}

function useControls(device: DeviceControls, command: Exclude<Request, { type: 'still' }>) {
  switch (command.type) {
    case 'controls':
      return device.list();
    case 'set-controls':
      return device.set(command.values);
    case 'replace-controls':
      return device.replace(command.values);
  }
}

/** A copy of the stream's next frame. */
function nextFrame(): Promise<Still> {
  const intervals = nominalFps ? (FRAME_TIMEOUT_INTERVALS * 1000) / nominalFps : 0;
  const timeoutMs = Math.max(MIN_FRAME_TIMEOUT_MS, intervals);
  return new Promise((resolve, reject) => {
    const timeout = new TickTimeout(timeoutMs, () => {
      waiting.close();
      const message = `no frame came for ${timeoutMs / 1000} s, so there is no still`;
      reject(new FramehubError('CAPTURE_STALLED', message, { timeoutMs }));
    });
    const waiting = outlet.next((still) => {
      timeout.cancel();
      resolve(still);
    });
  });
}

/** The source, or what was to become of it, cannot be used any more. */
async function fail(thrown: unknown): Promise<void> {
  const error = explained(thrown);
  if (!ended) await end(error);
}

async function end(error?: FramehubError): Promise<void> {
  if (ended) return;
  ended = true;
  outlet.close();
  clearInterval(reports);
  clearInterval(checks);
  outlet.report(false);
  if (error) post({ type: 'failed', error: error.toJSON() });
  // Stopped while a connection or a file was being opened: there is nothing yet that needs to be closed in order.
  if (!source && !error) process.exit(0);
  try {
    const open = source ?? (await opening.catch(() => undefined));
    await open?.close();
  } catch (thrown) {
    explained(thrown);
  }
  port.close();
}

/** Any error as one of this package, logged where it was not foreseen. */
function explained(thrown: unknown): FramehubError {
  const { error, place } = captureFailure(source?.explain ? source.explain(thrown) : thrown);
  if (place !== undefined && ++faults <= MAX_FAULTS_LOGGED)
    post({ type: 'log', level: 'error', message: `${error.message} (thrown at ${place})` });
  return error;
}

const opening = openSource(camera.source, host, { controls, originals, seen, warmup });
try {
  source = await opening;
  if (!ended) source.demand(outlet.wanted);
} catch (thrown) {
  await fail(thrown);
}
