export { type ClientEvents, type ConnectOptions, connect, FramehubClient } from './client.js';
export type { WebSocketConstructor } from './connection.js';
export type { Picture } from './picture.js';
export {
  type CameraControl,
  type CameraInfo,
  type CameraSettings,
  type ControlValues,
  FramehubClientError,
  type PictureWish,
  type SettingsChange,
} from './protocol.js';
export type { Statistics } from './statistics.js';
export type { SubscribeOptions, Subscription, SubscriptionEvents } from './subscription.js';
