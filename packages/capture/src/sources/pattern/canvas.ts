import { isJpeg, type PixelFormat } from '@framehub/frame';
import { JpegCanvas } from './jpeg/jpeg-canvas.js';
import { RawCanvas } from './raw-canvas.js';
import type { Scene } from './scene.js';

/** Turns a scene into the bytes of a frame. */
export interface Canvas {
  readonly format: PixelFormat;
  /** Draws what has changed since the last call. Lends its own memory: valid until the next call. */
  render(): Uint8Array;
}

export function canvasFor(fourcc: string, scene: Scene): Canvas {
  return isJpeg(fourcc) ? new JpegCanvas(fourcc, scene) : new RawCanvas(fourcc, scene);
}
