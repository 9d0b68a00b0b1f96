import type { FrameBus } from '@framehub/broker';
import { type CameraStatus, type JpegFrame, parseJpegTopic, reportError } from '@framehub/frame';

/** What `…/stats` says of a camera. */
export function statsOf(status: CameraStatus, viewers: number): object {
  const { state, error, fps, frames, restarts, frozenSince, lastFrameAt } = status;
  return {
    state,
    fps: Math.round(fps.measured * 10) / 10,
    fps_nominal: fps.nominal ?? null,
    viewers,
    frames: frames.captured,
    dropped: Object.values(frames.dropped).reduce((sum, count) => sum + count, 0),
    restarts,
    last_frame: timeOrNull(lastFrameAt),
    frozen_since: timeOrNull(frozenSince),
    problem: error !== undefined || frozenSince !== undefined || state === 'retrying',
    error: reportError(error),
  };
}

/** Those who look at a camera's pictures now, by any way. */
export function viewersOf(broker: FrameBus<JpegFrame>, camera: string): number {
  return broker
    .topics()
    .filter(({ name }) => isOf(name, camera))
    .reduce((sum, { subscribers }) => sum + subscribers, 0);
}

function isOf(topic: string, camera: string): boolean {
  return topic.startsWith(`${camera}/jpeg`) && parseJpegTopic(topic)?.camera === camera;
}

const timeOrNull = (unix: number | undefined): string | null =>
  unix === undefined ? null : new Date(Math.round(unix)).toISOString();
