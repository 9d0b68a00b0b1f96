// A camera's thread by itself, without anybody who starts it again: what it is sent, and what it sends.
import { Worker } from 'node:worker_threads';
import { RingReader } from '@framehub/frame';

const PACKAGE = import.meta.resolve('@framehub/capture');
const { Doorbell } = await import(new URL('./messages.js', PACKAGE).href);

/** @param thread `seen`, `originals` and options of the camera besides its source */
export function startThread(source, { seen, originals = {}, ...camera } = {}) {
  const bell = new Doorbell();
  const worker = new Worker(new URL('./thread/main.js', PACKAGE), {
    // Not those of a test that is given to node as text.
    execArgv: [],
    workerData: {
      camera: { name: 'vm', source: { type: 'v4l2', ...source }, ...camera },
      doorbell: bell.buffer,
      firstSequence: 0,
      controls: {},
      originals,
      seen,
    },
  });
  const messages = [];
  const listeners = new Set();
  let reader;
  worker.on('message', (message) => {
    if (message.type === 'ring') reader = new RingReader(message.buffer, message.format);
    const told = message.type === 'frame' ? { type: 'frame', ...copyOf(reader?.frame(message)) } : message;
    messages.push(told);
    for (const listener of listeners) listener(told);
  });
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  let nextId = 1;

  const send = (command) => {
    worker.postMessage(command);
    bell.ring();
  };
  /** The first message from now on that is as wanted. */
  const next = (wanted) =>
    new Promise((resolve) => {
      const listener = (message) => {
        if (!wanted(message)) return;
        listeners.delete(listener);
        resolve(message);
      };
      listeners.add(listener);
    });
  const isFrame = ({ type, sequence }) => type === 'frame' && sequence !== undefined;

  return {
    messages,
    exited,
    send,
    next,
    /** How it began: `opened` or `failed`. */
    begun: next(({ type }) => type === 'opened' || type === 'failed'),
    failed: next(({ type }) => type === 'failed'),
    watch: () => send({ type: 'demand', demand: 1 }),
    /** The next frame that nobody has overwritten. */
    frame: () => next(isFrame),
    /** Asks something that is answered: `still`, `set-controls` … Resolves with the answer, be it a refusal. */
    ask(command) {
      const id = nextId++;
      const answer = next((message) => message.id === id);
      send({ ...command, id });
      return answer;
    },
    async stop() {
      send({ type: 'stop' });
      await exited;
    },
  };
}

function copyOf(frame) {
  const lease = frame?.lease();
  if (!lease) return undefined;
  const { sequence, format, capturedAt } = frame;
  const copy = { sequence, format, capturedAt, bytes: Uint8Array.from(lease.bytes) };
  lease.release();
  return copy;
}
