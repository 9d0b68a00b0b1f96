import {
  type CameraView,
  type ControlValues,
  FramehubError,
  type Hub,
  reportControls,
  reportSettings,
  type SettingsChange,
  unknownCamera,
} from '@framehub/frame';
import type { Request } from './protocol/client-messages.js';
import type { ServerMessage } from './protocol/server-messages.js';

/** Does what a client asks of a camera, and says how that went. Rejects with what the hub says. */
export async function answerRequest(hub: Hub, request: Request, mayChange: boolean): Promise<ServerMessage> {
  const { re, camera } = request;
  if (request.op !== 'controls' && !mayChange) {
    throw new FramehubError(
      'WS_FORBIDDEN',
      'pages of this origin may look but not change anything: add it to http.cors by name',
    );
  }
  const view = cameraOf(hub, camera);
  switch (request.op) {
    case 'controls':
      return { op: 'answer', re, controls: reportControls(await view.controls()) };
    case 'setControls':
      return { op: 'answer', re, controls: reportControls(await view.setControls(request.values as ControlValues)) };
    case 'change':
      return { op: 'answer', re, settings: reportSettings(await view.change(request.settings as SettingsChange)) };
  }
}

/** Throws `CAMERA_UNKNOWN`. */
export function cameraOf(hub: Hub, name: string): CameraView {
  const views = hub.cameras();
  const view = views.find((candidate) => candidate.name === name);
  if (view) return view;
  throw unknownCamera(
    name,
    views.map((candidate) => candidate.name),
  );
}
