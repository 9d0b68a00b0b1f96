import { type CameraTraffic, type CameraView, reportSettings, reportStatus } from '@framehub/frame';
import type { House } from './house.js';
import type { CameraReport } from './schemas.js';

/** One camera as the API tells it. */
export function reportCamera(house: House, view: CameraView, index: number): CameraReport {
  const status = view.status();
  const traffic = house.traffic.map((gateway) => gateway.of(view.name));
  const sum = (read: (sent: CameraTraffic) => number): number => traffic.reduce((total, sent) => total + read(sent), 0);
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
