import {
  type CameraStatus,
  type CameraTraffic,
  type CameraView,
  isIdentity,
  isJpeg,
  reportSettings,
  reportStatus,
} from '@framehub/frame';
import type { ControlContext } from './context.js';
import type { CameraReport, Readiness } from './schemas.js';

/** After this time without a single changed sample, a camera is taken for hung. */
const FROZEN_LIMIT_MS = 10_000;
/** A frame is fresh while it is younger than both this and some frame intervals of a slow camera. */
const STALE_LIMIT_MS = 5000;
const STALE_INTERVALS = 5;

/** One camera, as /api/cameras reports it. @param index its number in addresses */
export function reportCamera({ traffic }: ControlContext, view: CameraView, index: number): CameraReport {
  const status = view.status();
  const gateways = traffic.map((gateway) => gateway.of(view.name));
  const sum = (read: (sent: CameraTraffic) => number): number =>
    gateways.reduce((total, sent) => total + read(sent), 0);
  return {
    ...reportStatus(status),
    index,
    settings: reportSettings(view.settings()),
    rendition: status.rendition,
    frames: { captured: status.frames.captured, dropped: { ...status.frames.dropped } },
    viewers: sum((sent) => sent.viewers),
    sent: {
      frames: sum((sent) => sent.framesSent),
      bytes: sum((sent) => sent.bytesSent),
      skipped: sum((sent) => sent.skipped),
    },
    lastFrameAt: status.lastFrameAt ?? null,
    failures: { ...status.failures },
  };
}

/** One camera in the form of ustreamer's /state, for programs that read that. */
export function reportUstreamerState({ hub, viewersOf }: ControlContext, view: CameraView): object {
  const { state, placeholder, format, rendition, fps, lastFrameAt } = view.status();
  const viewers = viewersOf(view.name);
  // ustreamer calls frames that the camera itself has compressed HW; their quality is unknown.
  const untouched = format !== undefined && isJpeg(format.fourcc) && isIdentity(rendition);
  return {
    ok: true,
    result: {
      instance_id: '',
      encoder: { type: untouched ? 'HW' : 'CPU', quality: untouched ? 0 : (rendition.quality ?? hub.quality) },
      source: {
        resolution: { width: format?.width ?? 0, height: format?.height ?? 0 },
        online: state === 'live' && placeholder === undefined && lastFrameAt !== undefined,
        desired_fps: Math.round(fps.nominal ?? 0),
        captured_fps: Math.round(fps.measured),
      },
      stream: {
        queued_fps: Math.max(0, ...viewers.map((viewer) => viewer.fps)),
        clients: viewers.length,
        clients_stat: Object.fromEntries(
          viewers.map(({ id, fps: sent, options }) => [
            id,
            {
              fps: sent,
              extra_headers: options.extraHeaders,
              advance_headers: options.advanceHeaders,
              dual_final_frames: options.dualFinalFrames,
              zero_data: options.zeroData,
              key: options.key ?? '0',
            },
          ]),
        ),
      },
    },
  };
}

/**
 * Whether every camera is ready: it delivers fresh frames that change, or has delivered and is on standby, or is off.
 *
 * @param now Unix milliseconds
 */
export function reportReadiness({ hub, delivers }: ControlContext, now: number): Readiness {
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
  const staleLimit = Math.max(STALE_LIMIT_MS, (STALE_INTERVALS * 1000) / (fps.nominal ?? Number.POSITIVE_INFINITY));
  if (delivers && now - lastFrameAt > staleLimit) return `no frame for ${inSeconds(now - lastFrameAt)}`;
  if (frozenSince !== undefined && now - frozenSince > FROZEN_LIMIT_MS)
    return `the frame has been frozen for ${inSeconds(now - frozenSince)}`;
  return undefined;
}

function inSeconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
