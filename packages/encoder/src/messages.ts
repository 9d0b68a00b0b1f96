import type { ErrorRecord, JpegInfo, PixelFormat, Rendition } from '@framehub/frame';
import type { FrameFault } from './jpeg.js';

/** Chroma sampling of what is encoded. `auto` keeps that of a JPEG, and uses 4:2:0 for raw formats. */
export type Subsampling = 'auto' | '4:4:4' | '4:2:2' | '4:2:0';

/** The codec that a thread uses; the path is that of a libturbojpeg that has been opened before. */
export type CodecChoice = { readonly name: 'turbo'; readonly path: string } | { readonly name: 'portable' };

/** What every thread of the pool gets when it starts. */
export interface WorkerSetup {
  /** A `WebAssembly.Module`, whose type only the DOM library has. */
  readonly kernels: object;
  readonly codec: CodecChoice;
}

/** One frame to encode. */
export interface EncodeJob {
  /** Borrowed from a ring; the lease is held until the thread is done with the job. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly format: PixelFormat;
  /** Structure of a JPEG, if it has been inspected. */
  readonly jpeg?: JpegInfo | undefined;
  readonly rendition: Rendition;
  /** For renditions without a quality. */
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

export type EncodeResult =
  /** `seconds`: how long it took on its thread. */
  | { readonly kind: 'encoded'; readonly jpeg: RenderedJpeg; readonly seconds: number }
  | { readonly kind: 'rejected'; readonly fault: FrameFault }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };
