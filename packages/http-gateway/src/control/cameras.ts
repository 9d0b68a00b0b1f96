import type { CameraControl, CameraTraffic, CameraView, ControlValue } from '@framehub/frame';
import type { House } from './house.js';
import type { CameraReport, ControlReport } from './schemas.js';
import { reportSettings } from './settings.js';

/** One camera as the API tells it. Absent values become null: JSON knows no other way to name them. */
export function reportCamera(house: House, view: CameraView, index: number): CameraReport {
  const { error, format, frames, ...status } = view.status();
  const traffic = house.traffic.map((gateway) => gateway.of(view.name));
  const sum = (read: (sent: CameraTraffic) => number): number => traffic.reduce((total, sent) => total + read(sent), 0);
  return {
    name: view.name,
    index,
    source: status.source,
    state: status.state,
    error: error ? { code: error.code, message: error.message } : null,
    placeholder: status.placeholder ?? null,
    settings: reportSettings(view.settings()),
    format: format ? { fourcc: format.fourcc, width: format.width, height: format.height } : null,
    rendition: status.rendition,
    fps: { nominal: status.fps.nominal ?? null, measured: status.fps.measured },
    frames: { captured: frames.captured, dropped: { ...frames.dropped } },
    viewers: sum((sent) => sent.viewers),
    sent: {
      frames: sum((sent) => sent.framesSent),
      bytes: sum((sent) => sent.bytesSent),
      skipped: sum((sent) => sent.skipped),
    },
    lastFrameAt: status.lastFrameAt ?? null,
    frozenSince: status.frozenSince ?? null,
    restarts: status.restarts,
    failures: { ...status.failures },
  };
}

export function reportControls(controls: readonly CameraControl[]): { controls: ControlReport[] } {
  return {
    controls: controls.map((control) => ({
      ...control,
      value: control.value === undefined ? null : exact(control.value),
      minimum: exact(control.minimum),
      maximum: exact(control.maximum),
      step: exact(control.step),
      default: exact(control.default),
      menu: control.menu ? [...control.menu] : null,
    })),
  };
}

/** JSON's numbers are read as doubles: what is not exact as such is told in digits. */
function exact(value: ControlValue): number | string {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
