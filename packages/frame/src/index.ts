export { addressRanges, isAddressRange, plainAddress, shareKey } from './addresses.js';
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
export { codeOf, type ErrorRecord, FramehubError, recordOf, unknownCamera, whereOf } from './errors.js';
export { type FrameHolder, FrameHolders } from './frame-holders.js';
export type { JpegFrame, Lease, Producer, RawFrame, Sequenced, Subscribable } from './frames.js';
export type {
  CameraControl,
  CameraSettings,
  CameraState,
  CameraStatus,
  CameraView,
  ControlOrigin,
  ControlValue,
  ControlValues,
  Hub,
  HubEvent,
  MenuItem,
  SettingsChange,
  StillSize,
} from './hub.js';
export {
  type BrokenJpeg,
  inspectJpeg,
  isBroken,
  isJpeg,
  type JpegFault,
  type JpegInfo,
  MAX_PIXELS,
  MAX_SCANS,
} from './jpeg.js';
export { Allowance, FairShare } from './limits.js';
export { type Logger, silentLogger } from './logger.js';
export { type LoopMember, LoopTurns } from './loop-turns.js';
export { maskedAddress, maskedText } from './masking.js';
export { CameraTraffic, Counters, GatewayTraffic, Histogram, type HistogramReading } from './metrics.js';
export {
  type BoundedClient,
  boundMqttClient,
  type MqttClientRequest,
  mqttClientOptions,
} from './mqtt-client-bounds.js';
export { MqttFault, MqttGuard } from './mqtt-guard.js';
export { Pace } from './pace.js';
export {
  canonicalFourCC,
  codeFromFourCC,
  type FourCC,
  fourCCFromCode,
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
export {
  type ControlReport,
  type ErrorReport,
  isFault,
  jsonValue,
  publicError,
  reportControls,
  reportError,
  reportSettings,
  reportStatus,
  type SettingsReport,
  type StatusReport,
} from './reports.js';
export { allocateRing, type Claim, type FrameRef, RingReader, RingWriter } from './ring.js';
export {
  DURATION_ALLOWED,
  formatSize,
  HOST_NAME_ALLOWED,
  isHostName,
  isReservedName,
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
  strictJson,
  VIEWER_FPS,
  WIDTH,
  wholeNumberFrom,
} from './rules.js';
