import { type CameraView, isIdentity, isJpeg } from '@framehub/frame';
import type { House } from './house.js';

/** The state of one camera in the shape of ustreamer's /state, for programs that know that one. */
export function reportState(house: House, view: CameraView): object {
  const { state, placeholder, format, rendition, fps, lastFrameAt } = view.status();
  const viewers = house.viewersOf(view.name);
  // ustreamer's word for pictures that the camera itself has compressed; their quality nobody knows.
  const untouched = format !== undefined && isJpeg(format.fourcc) && isIdentity(rendition);
  return {
    ok: true,
    result: {
      instance_id: '',
      encoder: { type: untouched ? 'HW' : 'CPU', quality: untouched ? 0 : (rendition.quality ?? house.hub.quality) },
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
          viewers.map(({ id, fps: sent, wishes }) => [
            id,
            {
              fps: sent,
              extra_headers: wishes.extraHeaders,
              advance_headers: wishes.advanceHeaders,
              dual_final_frames: wishes.dualFinalFrames,
              zero_data: wishes.zeroData,
              key: wishes.key ?? '0',
            },
          ]),
        ),
      },
    },
  };
}
