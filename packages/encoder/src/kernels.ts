import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Size } from '@framehub/frame';
import { RejectedFrame } from './jpeg.js';
import type { PlanarImage, Plane, Sampling } from './planar-image.js';

declare global {
  /** The part of the WebAssembly API that is used here; Node has it, but its types leave it to the browser's. */
  namespace WebAssembly {
    class Module {}
    class Instance {
      constructor(module: Module);
      readonly exports: Readonly<Record<string, unknown>>;
    }
    interface Memory {
      readonly buffer: ArrayBuffer;
      grow(pages: number): number;
    }
    function compile(bytes: Uint8Array): Promise<Module>;
  }
}

/** What assembly/ exports; addresses and strides in bytes. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  unpack422(
    src: number,
    srcStride: number,
    y: number,
    yStride: number,
    u: number,
    v: number,
    chromaStride: number,
    pairs: number,
    lines: number,
    lumaAt: number,
    lumaBias: number,
    lumaGain: number,
    chromaGain: number,
    halved: boolean,
  ): void;
  deinterleave(
    src: number,
    srcStride: number,
    u: number,
    v: number,
    chromaStride: number,
    pairs: number,
    lines: number,
    gain: number,
  ): void;
  level(
    src: number,
    srcStride: number,
    dst: number,
    dstStride: number,
    width: number,
    lines: number,
    bias: number,
    gain: number,
    offset: number,
  ): void;
  planesFromRgb(
    src: number,
    srcStride: number,
    y: number,
    yStride: number,
    u: number,
    v: number,
    chromaStride: number,
    width: number,
    lines: number,
    redAt: number,
  ): void;
  copyLines(src: number, srcStride: number, dst: number, dstStride: number, width: number, lines: number): void;
  mirror(src: number, srcStride: number, dst: number, dstStride: number, width: number, lines: number): void;
  transpose(src: number, srcStride: number, dst: number, dstStride: number, width: number, lines: number): void;
  weigh(table: number, entryBytes: number, sourceCount: number, resultCount: number, step: number): void;
  scale(
    src: number,
    srcStride: number,
    srcWidth: number,
    dst: number,
    dstStride: number,
    dstWidth: number,
    dstHeight: number,
    columns: number,
    columnBytes: number,
    lines: number,
    lineBytes: number,
    row: number,
  ): void;
}

/** Bytes that encoding one frame may take: one of 33 megapixels (8K) in 4:2:0 and its rotated copy. */
export const MAX_FRAME_MEMORY = 104 * 1024 * 1024;
/** Bytes that are kept from one frame to the next: what a 4K frame needs with its rotated copy. */
const KEPT_MEMORY = 64 * 1024 * 1024;

const WASM_PAGE = 65_536;
/** Bytes of a vector: kernels read and write whole ones at the ends of lines, and codecs are faster with aligned lines. */
const ALIGNMENT = 16;

/** Samples that {@link Kernels.fillEdge} may add across and down: one less than share a chroma sample at most (4:1:1). */
const EDGE = 3;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** Compiles the pixel kernels. The module is shared by all threads; each makes its own {@link Kernels} of it. */
export async function compileKernels(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL('./kernels.wasm', import.meta.url)));
}

/**
 * The pixel kernels and their memory, an arena: memory is allocated piece by piece and freed as a whole by
 * {@link Kernels.reset} at the end of each frame. It grows to what the largest frame needs.
 */
export class Kernels {
  readonly #module: WebAssembly.Module;
  #run: KernelExports;
  #bytes: Uint8Array<ArrayBuffer>;
  #next: number;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#run = instantiate(module);
    this.#bytes = new Uint8Array(this.#run.memory.buffer);
    this.#next = this.#run.heapBase();
  }

  /** The kernels' functions. Read it again for each frame: {@link Kernels.reset} may replace them. */
  get run(): KernelExports {
    return this.#run;
  }

  /**
   * Frees all memory: planes allocated before are invalid. The memory of a very large frame goes back to the system,
   * which takes a new instance, as the memory of an instance only grows.
   */
  reset(): void {
    const isLarge = this.#bytes.length > KEPT_MEMORY;
    if (isLarge) this.#run = instantiate(this.#module);
    this.#bytes = new Uint8Array(this.#run.memory.buffer);
    this.#next = this.#run.heapBase();
    // Otherwise the next very large frame allocates as much again before the old instance is freed.
    if (isLarge) collectGarbage();
  }

  /**
   * Allocates memory of unspecified content, with room for one vector after it. Invalidates older views.
   *
   * @param length bytes
   * @returns its address
   * @throws RejectedFrame if the frame would take more than {@link MAX_FRAME_MEMORY}
   */
  allocate(length: number): number {
    const at = roundUp(this.#next, ALIGNMENT);
    this.#next = at + length + ALIGNMENT;
    if (this.#next > MAX_FRAME_MEMORY) throw new RejectedFrame('oversized');
    const missing = this.#next - this.#bytes.length;
    if (missing > 0) {
      this.#run.memory.grow(Math.ceil(missing / WASM_PAGE));
      this.#bytes = new Uint8Array(this.#run.memory.buffer);
    }
    return at;
  }

  /** Borrowed: valid until the next `allocate`. */
  view(at: number, length: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(at, at + length);
  }

  /** Borrowed: a plane's lines with their padding, valid until the next `allocate`. */
  linesOf(plane: Plane): Uint8Array<ArrayBuffer> {
    return this.view(plane.at, plane.stride * plane.height);
  }

  /** Allocates the planes of an image, of unspecified content. */
  planes(size: Size, sampling: Sampling, count: number): Plane[] {
    return Array.from({ length: count }, (_, i) => this.plane(size, sampling, i));
  }

  /** Allocates one plane, of unspecified content: luma (0), with room for {@link Kernels.fillEdge}, or chroma (1, 2). */
  plane(size: Size, sampling: Sampling, index: number): Plane {
    const [x, y, edge] = index === 0 ? [1, 1, EDGE] : [sampling.x, sampling.y, 0];
    const width = Math.ceil(size.width / x);
    const height = Math.ceil(size.height / y);
    const stride = roundUp(width + edge, ALIGNMENT);
    const bytes = stride * (height + edge);
    return { at: this.allocate(bytes), stride, width, height, bytes };
  }

  /**
   * Repeats the last column and line of the luma up to a whole number of chroma samples: with an odd size and subsampled
   * chroma, JPEG encodes luma samples that are missing there, and viewers cut them off.
   */
  fillEdge({ planes: [luma], sampling }: PlanarImage): void {
    if (!luma) return;
    const width = roundUp(luma.width, sampling.x);
    const height = roundUp(luma.height, sampling.y);
    const bytes = this.view(luma.at, luma.stride * height);
    if (width > luma.width) {
      for (let end = luma.width; end < bytes.length; end += luma.stride)
        bytes.fill(bytes[end - 1] ?? 0, end, end + width - luma.width);
    }
    const lastLine = (luma.height - 1) * luma.stride;
    for (let line = luma.height; line < height; line++)
      bytes.copyWithin(line * luma.stride, lastLine, lastLine + luma.stride);
  }
}

function instantiate(module: WebAssembly.Module): KernelExports {
  // A WebAssembly module has the exports of its source; nothing at run time knows their types.
  return new WebAssembly.Instance(module).exports as unknown as KernelExports;
}

let collect: (() => void) | undefined;

/** Runs a full garbage collection of this thread, which takes milliseconds: WebAssembly's memory is only freed by one. */
function collectGarbage(): void {
  collect ??= exposeCollector();
  collect();
}

/** V8's own function; contexts that are created after the flag was set have it. */
function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
