import type { GatewayTraffic, Hub } from '@framehub/frame';
import type { Viewer } from '../stream/viewer.js';

/** What the control API reports on and controls. */
export interface ControlContext {
  readonly hub: Hub;
  /** What all gateways of this port have sent, this one first. */
  readonly traffic: readonly GatewayTraffic[];
  /** The viewers of a camera's MJPEG streams. */
  viewersOf(camera: string): readonly Viewer[];
  /** Whether frames of a camera are delivered to subscribers: without any, its source may be on standby. */
  delivers(camera: string): boolean;
}
