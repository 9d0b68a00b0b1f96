import type { GatewayTraffic, Hub } from '@framehub/frame';
import type { Viewer } from '../stream/viewer.js';

/** What the control API may look at. */
export interface House {
  readonly hub: Hub;
  /** What all gateways of this port have sent, this one first. */
  readonly traffic: readonly GatewayTraffic[];
  viewersOf(camera: string): readonly Viewer[];
  /** Whether frames of a camera go to anybody: a source that nobody watches may rest. */
  delivers(camera: string): boolean;
}
