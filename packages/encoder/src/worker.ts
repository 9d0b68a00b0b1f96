import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';
import { recordOf } from '@framehub/frame';
import type Koffi from 'koffi';
import { Piscina } from 'piscina';
import { PortableCodec } from './codec/portable.js';
import { TurboCodec } from './codec/turbo.js';
import { openTurboLibrary } from './codec/turbo-library.js';
import { RejectedFrame } from './jpeg.js';
import { Kernels } from './kernels.js';
import type { EncodeJob, EncodeResult, WorkerSetup } from './messages.js';
import { type RenderTools, render } from './render.js';

let tools: RenderTools | undefined;

/** Runs on the pool's threads, one job at a time. Never throws: every error is a result. */
export default function encode(job: EncodeJob): unknown {
  const result = resultOf(job);
  if (result.kind !== 'encoded') return result;
  const moved = { [Piscina.transferableSymbol]: result.jpeg.data.buffer, [Piscina.valueSymbol]: result };
  // Piscina's types give these two symbols no identity, so that no object can be seen to have them.
  return Piscina.move(moved as unknown as Parameters<typeof Piscina.move>[0]);
}

function resultOf(job: EncodeJob): EncodeResult {
  const start = performance.now();
  try {
    tools ??= openTools(workerData as WorkerSetup);
    const jpeg = render(job, tools);
    return { kind: 'encoded', jpeg, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    if (error instanceof RejectedFrame) return { kind: 'rejected', fault: error.fault };
    return { kind: 'failed', error: recordOf(error) };
  }
}

function openTools({ kernels: module, codec }: WorkerSetup): RenderTools {
  const kernels = new Kernels(module as WebAssembly.Module);
  if (codec.name === 'portable') return { kernels, codec: new PortableCodec(kernels) };
  // Required, not imported: a thread's first job should not wait for a turn of the event loop.
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  return { kernels, codec: new TurboCodec(openTurboLibrary(koffi, codec.path), kernels) };
}
