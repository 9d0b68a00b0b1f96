import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { RejectedFrame } from './jpeg.js';
import { compileKernels, Kernels, MAX_FRAME_MEMORY } from './kernels.js';

const module = await compileKernels();
const MIB = 1024 * 1024;

test('a frame may take so much memory and no more', (t) => {
  const kernels = new Kernels(module);
  kernels.allocate(MAX_FRAME_MEMORY / 2);
  const error = t.throws(() => kernels.allocate(MAX_FRAME_MEMORY / 2), { instanceOf: RejectedFrame });
  t.is((error as RejectedFrame).fault, 'oversized');
  kernels.reset();
  t.notThrows(() => kernels.allocate(MAX_FRAME_MEMORY / 2));
});

test('the memory of a very large frame is given back, that of a usual one is kept', async (t) => {
  const kernels = new Kernels(module);
  kernels.allocate(40 * MIB);
  kernels.reset();
  t.true(kernels.run.memory.buffer.byteLength > 40 * MIB);
  kernels.allocate(100 * MIB);
  const large = new WeakRef(kernels.run.memory);
  // What a task has seen is kept to its end.
  await setImmediate();
  kernels.reset();
  t.true(kernels.run.memory.buffer.byteLength < MIB);
  t.is(large.deref(), undefined, 'at once, not with the next full garbage collection');
});
