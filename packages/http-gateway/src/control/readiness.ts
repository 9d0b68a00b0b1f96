import type { CameraStatus } from '@framehub/frame';
import type { House } from './house.js';
import type { Readiness } from './schemas.js';

/** Milliseconds. A picture without a single changed sample for so long comes from a camera that hangs. */
const FROZEN_AFTER = 10_000;
/** A frame is fresh while it is younger than both some seconds and some intervals of a slow camera. */
const STALE_AFTER = 5000;
const STALE_INTERVALS = 5;

/** Ready is a hub whose every camera has a fresh, moving picture, or has given one and rests because nobody watches, or is off. */
export function readinessOf({ hub, delivers }: House, now: number): Readiness {
  const cameras = hub.cameras().map((view) => {
    const reason = whyNotReady(view.status(), delivers(view.name), now);
    return [view.name, { ready: reason === undefined, reason: reason ?? view.status().state }] as const;
  });
  return { ready: cameras.every(([, camera]) => camera.ready), cameras: Object.fromEntries(cameras) };
}

function whyNotReady(
  { state, error, placeholder, lastFrameAt, frozenSince, fps }: CameraStatus,
  delivers: boolean,
  now: number,
): string | undefined {
  if (state === 'standby' || state === 'off') return undefined;
  const reason = error?.message ?? placeholder;
  if (state !== 'live' || placeholder !== undefined) return reason === undefined ? state : `${state}: ${reason}`;
  if (lastFrameAt === undefined) return 'no frame yet';
  const staleAfter = Math.max(STALE_AFTER, (STALE_INTERVALS * 1000) / (fps.nominal ?? Number.POSITIVE_INFINITY));
  if (delivers && now - lastFrameAt > staleAfter) return `no frame for ${inSeconds(now - lastFrameAt)}`;
  if (frozenSince !== undefined && now - frozenSince > FROZEN_AFTER) {
    return `the picture has been frozen for ${inSeconds(now - frozenSince)}`;
  }
  return undefined;
}

function inSeconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
