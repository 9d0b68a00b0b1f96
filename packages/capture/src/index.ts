export { Camera, type CameraSnapshot } from './camera.js';
export { type FormatWish, type NegotiatedFormat, negotiate, type Size } from './negotiate.js';
export {
  type CameraOptions,
  type FileOptions,
  type HttpOptions,
  labelOf,
  type PatternOptions,
  type SourceOptions,
  type V4l2Options,
} from './options.js';
export { numberCells, readFrameNumber } from './sources/pattern/frame-number.js';
export { deviceError } from './sources/v4l2/device-error.js';
