import type { CameraControl, CameraInfo, CameraSettings, ControlValues, SettingsChange } from '@framehub/client';

/** Address of the hub: that of this page, without the password that it may have. */
export const base = location.origin + location.pathname.replace(/[^/]*$/, '');

/** A camera as the HTTP API reports it. */
export interface CameraReport extends CameraInfo {
  readonly settings: CameraSettings;
}

/** An error of the hub, or of the connection to it. */
export class HubError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export async function fetchCameras(): Promise<readonly CameraReport[]> {
  return (await ask<{ cameras: readonly CameraReport[] }>('api/cameras')).cameras;
}

export function fetchCamera(name: string): Promise<CameraReport> {
  return ask(pathOf(name));
}

/** Resolves when frames arrive with the new settings. */
export function changeCamera(name: string, change: SettingsChange): Promise<CameraReport> {
  return ask(pathOf(name), change);
}

export async function fetchControls(name: string): Promise<readonly CameraControl[]> {
  return (await ask<Controls>(`${pathOf(name)}/controls`)).controls;
}

/** Resolves with all controls, as read back. */
export async function setControls(name: string, values: ControlValues): Promise<readonly CameraControl[]> {
  return (await ask<Controls>(`${pathOf(name)}/controls`, values)).controls;
}

/** A snapshot as a file. @param query such as `size=max` */
export async function fetchSnapshot(name: string, query: string): Promise<{ snapshot: Blob; takenAt: Date }> {
  const response = await request(`snapshot/${encodeURIComponent(name)}?${query}`, { cache: 'no-store' });
  const taken = Number(response.headers.get('x-timestamp')) * 1000;
  return { snapshot: await response.blob(), takenAt: new Date(taken || Date.now()) };
}

interface Controls {
  readonly controls: readonly CameraControl[];
}

function pathOf(name: string): string {
  return `api/cameras/${encodeURIComponent(name)}`;
}

/** @param change without it, the resource is read */
async function ask<T>(path: string, change?: object): Promise<T> {
  const response = await request(path, {
    cache: 'no-store',
    ...(change && {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(change),
    }),
  });
  return response.json();
}

async function request(path: string, options: RequestInit): Promise<Response> {
  const response = await fetch(base + path, options).catch(() => {
    throw new HubError('PAGE_NO_ANSWER', 'framehub does not answer: check that it runs and that the network is up');
  });
  if (response.ok) return response;
  // A proxy may have answered.
  const { error } = await response.json().catch(() => ({}));
  throw new HubError(error?.code ?? 'PAGE_REFUSED', error?.message ?? `${response.status} ${response.statusText}`);
}
