import type { ErrorRecord, PixelFormat, Rendition } from '@framehub/frame';
import type { FrameFault } from './bad-frame.js';

/** Chroma sampling of what is encoded. `auto` keeps that of a JPEG, and takes 4:2:0 for raw formats. */
export type Subsampling = 'auto' | '4:4:4' | '4:2:2' | '4:2:0';

/** Which codec a thread is to use; the path is that of a libturbojpeg that has been opened before. */
export type CodecChoice = { readonly name: 'turbo'; readonly path: string } | { readonly name: 'portable' };

/** What every thread of the pool gets when it starts. */
export interface WorkerSetup {
  readonly kernels: WebAssembly.Module;
  readonly codec: CodecChoice;
}

/** One frame to encode. */
export interface EncodeJob {
  /** Borrowed from a ring; the lease is held until the answer comes. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly format: PixelFormat;
  readonly rendition: Rendition;
  /** For renditions that ask for none. */
  readonly quality: number;
  readonly subsampling: Subsampling;
}

/** A finished JPEG, moved from thread to thread. */
export interface RenderedJpeg {
  readonly data: Uint8Array<ArrayBuffer>;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

export type EncodeAnswer =
  | {
      readonly kind: 'encoded';
      readonly jpeg: RenderedJpeg;
      /** What it took, on its thread. */
      readonly seconds: number;
    }
  | { readonly kind: 'bad-frame'; readonly fault: FrameFault }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };
