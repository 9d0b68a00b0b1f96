export { Camera, type SettledOptions, type WaitOptions } from './camera.js';
export { onDevices } from './device-watch.js';
export { type FormatRequest, type NegotiatedFormat, negotiate, type Size } from './negotiate.js';
export {
  type CameraOptions,
  type CaptureOptions,
  type FileOptions,
  type HttpOptions,
  labelOf,
  MAX_WARM_UP_FRAMES,
  MAX_WARM_UP_MS,
  type PatternOptions,
  type SourceOptions,
  type V4l2Options,
  type WarmUp,
} from './options.js';
export { readFrameNumber } from './sources/pattern/test-pattern.js';
export { deviceError } from './sources/v4l2/device-error.js';
export { DEVICE_NAMES, type DeviceName, deviceNameText, parseDeviceName } from './sources/v4l2/device-name.js';
export { type ConnectedDevice, camerasAmong, findDevice } from './sources/v4l2/find-device.js';
export type { CameraEvent, CameraSnapshot } from './status-tracker.js';
