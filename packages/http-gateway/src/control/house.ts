import type { Hub } from '@framehub/frame';
import type { Viewer } from '../stream/viewer.js';
import type { CameraTraffic } from '../traffic.js';

/** What the control API may look at. */
export interface House {
  readonly hub: Hub;
  trafficOf(camera: string): CameraTraffic;
  viewersOf(camera: string): readonly Viewer[];
  /** Whether frames of a camera go to anybody: a source that nobody watches may rest. */
  delivers(camera: string): boolean;
}
