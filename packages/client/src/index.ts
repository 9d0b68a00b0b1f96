export type { ListenOptions, Subscription } from '@framehub/frame/async';
export type {
  CameraInfo,
  ControlReport as CameraControl,
  ControlValues,
  FrameOptions,
  SettingsChange,
  SettingsReport as CameraSettings,
} from '@framehub/frame/protocol';
export { type ClientEvents, type ConnectOptions, connect, FramehubClient } from './client.js';
export type { WebSocketConstructor, WebSocketLike } from './connection.js';
export { FramehubClientError } from './errors.js';
export type { Frame } from './frame.js';
export type { Statistics } from './statistics.js';
export type { FrameSubscription, SubscribeOptions, SubscriptionEvents } from './subscription.js';
