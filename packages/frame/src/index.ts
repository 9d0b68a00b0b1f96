export { maskedAddress, maskedText } from './address.js';
export { addressRanges, isAddressRange } from './address-range.js';
export { Allowance } from './allowance.js';
export {
  BackOff,
  type BackOffOptions,
  Emitter,
  type ListenOptions,
  Lock,
  type LockOptions,
  type Subscription,
  subscription,
  within,
} from './async/index.js';
export { isReservedName, unknownCamera } from './camera-name.js';
export type { CameraControl, ControlValue, ControlValues, MenuItem } from './control.js';
export { Counters } from './counters.js';
export { codeOf, type ErrorRecord, FramehubError, recordOf, whereOf } from './errors.js';
export { FairShare } from './fair-share.js';
export { canonicalFourCC, codeFromFourCC, type FourCC, fourCCFromCode, isJpeg } from './fourcc.js';
export { type FrameHolder, FrameHolders } from './frame-holders.js';
export type { JpegFrame, Lease, Producer, RawFrame, Sequenced, Subscribable } from './frames.js';
export { Histogram, type HistogramReading } from './histogram.js';
export type {
  CameraSettings,
  CameraState,
  CameraStatus,
  CameraView,
  ControlOrigin,
  Hub,
  HubEvent,
  SettingsChange,
  StillSize,
} from './hub.js';
export {
  type BrokenJpeg,
  inspectJpeg,
  isBroken,
  type JpegFault,
  type JpegInfo,
  MAX_PIXELS,
  MAX_SCANS,
} from './jpeg.js';
export { type Logger, silentLogger } from './logger.js';
export { type LoopMember, LoopTurns } from './loop-turns.js';
export {
  type BoundedClient,
  boundMqttClient,
  type MqttClientRequest,
  mqttClientOptions,
} from './mqtt-client-bounds.js';
export { MqttFault, MqttGuard } from './mqtt-guard.js';
export { Pace } from './pace.js';
export {
  frameBytes,
  isReadable,
  minimumStride,
  type PixelFormat,
  type PlaneLayout,
  planesOf,
  READABLE_FOURCCS,
} from './pixel-format.js';
export {
  composeRenditions,
  FLIPS,
  type Flip,
  isIdentity,
  jpegTopic,
  parseJpegTopic,
  parseRendition,
  type Rendition,
  ROTATIONS,
  type Rotation,
  renditionQuery,
} from './rendition.js';
export { type ControlReport, reportControls } from './report/controls.js';
export { jsonValue } from './report/json-value.js';
export { isFault, publicError } from './report/public-error.js';
export { reportSettings, type SettingsReport } from './report/settings.js';
export { type ErrorReport, reportError, reportStatus, type StatusReport } from './report/status.js';
export { allocateRing } from './ring/control.js';
export { RingReader } from './ring/reader.js';
export { type Claim, type FrameRef, RingWriter } from './ring/writer.js';
export {
  DURATION_ALLOWED,
  formatSize,
  HOST_NAME_ALLOWED,
  isHostName,
  isWhole,
  listOf,
  MAX_CAMERA_FPS,
  mustBe,
  parseDuration,
  parseSize,
  QUALITY,
  type Range,
  SIZE_ALLOWED,
  type Size,
  shownValue,
  VIEWER_FPS,
  WIDTH,
  wholeNumberFrom,
} from './rules.js';
export { plainAddress, shareKey } from './share-key.js';
export { strictJson } from './strict-json.js';
export { CameraTraffic, GatewayTraffic } from './traffic.js';
