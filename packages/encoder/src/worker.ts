import { createRequire } from 'node:module';
import { workerData } from 'node:worker_threads';
import { recordOf } from '@framehub/frame';
import type Koffi from 'koffi';
import { Piscina } from 'piscina';
import { BadFrame } from './bad-frame.js';
import type { Codec } from './codec/codec.js';
import { PortableCodec } from './codec/portable.js';
import { TurboCodec } from './codec/turbo.js';
import { openTurboLibrary } from './codec/turbo-library.js';
import { Kernels } from './kernels.js';
import type { CodecChoice, EncodeAnswer, EncodeJob, WorkerSetup } from './messages.js';
import { render } from './render.js';

interface Workshop {
  readonly codec: Codec;
  readonly kernels: Kernels;
}

let workshop: Workshop | undefined;

/** Runs on the pool's threads, one job at a time. Never throws: whatever goes wrong is an answer, only a death is none. */
export default function encode(job: EncodeJob): unknown {
  const answer = answerTo(job);
  if (answer.kind !== 'encoded') return answer;
  const moved = { [Piscina.transferableSymbol]: answer.jpeg.data.buffer, [Piscina.valueSymbol]: answer };
  // Piscina's types give these two symbols no identity, so that no object can be seen to have them.
  return Piscina.move(moved as unknown as Parameters<typeof Piscina.move>[0]);
}

function answerTo(job: EncodeJob): EncodeAnswer {
  const start = performance.now();
  try {
    workshop ??= openWorkshop(workerData as WorkerSetup);
    const jpeg = render(job, workshop.codec, workshop.kernels);
    return { kind: 'encoded', jpeg, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    if (error instanceof BadFrame) return { kind: 'bad-frame', fault: error.fault };
    return { kind: 'failed', error: recordOf(error) };
  }
}

function openWorkshop({ kernels: module, codec }: WorkerSetup): Workshop {
  const kernels = new Kernels(module);
  return { kernels, codec: openCodec(codec, kernels) };
}

function openCodec(choice: CodecChoice, kernels: Kernels): Codec {
  if (choice.name === 'portable') return new PortableCodec(kernels);
  // Required, not imported: a worker's first job should not wait for a round of the event loop.
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  return new TurboCodec(openTurboLibrary(koffi, choice.path), kernels);
}
