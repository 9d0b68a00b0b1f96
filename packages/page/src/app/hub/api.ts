import type { CameraControl, CameraInfo, CameraSettings, ControlValues, SettingsChange } from '@framehub/client';
import { at } from '../base.js';

/** A camera as the HTTP API tells of it. */
export interface CameraReport extends CameraInfo {
  readonly settings: CameraSettings;
}

/** What the hub refused, in its own words. */
export class HubError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export async function fetchCameras(): Promise<readonly CameraReport[]> {
  return (await ask<{ cameras: readonly CameraReport[] }>('api/cameras')).cameras;
}

export function fetchCamera(name: string): Promise<CameraReport> {
  return ask(pathOf(name));
}

/** Resolves once there are pictures with the new settings. */
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

/** A picture as a file. @param query such as `size=max` */
export async function fetchSnapshot(name: string, query: string): Promise<{ picture: Blob; takenAt: Date }> {
  const answer = await request(`snapshot/${encodeURIComponent(name)}?${query}`, { cache: 'no-store' });
  const taken = Number(answer.headers.get('x-timestamp')) * 1000;
  return { picture: await answer.blob(), takenAt: new Date(taken || Date.now()) };
}

interface Controls {
  readonly controls: readonly CameraControl[];
}

function pathOf(name: string): string {
  return `api/cameras/${encodeURIComponent(name)}`;
}

/** @param change what is to be changed; without it is read */
async function ask<T>(path: string, change?: object): Promise<T> {
  const answer = await request(path, {
    cache: 'no-store',
    ...(change && {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(change),
    }),
  });
  return answer.json();
}

async function request(path: string, options: RequestInit): Promise<Response> {
  const answer = await fetch(at(path), options).catch(() => {
    throw new HubError('PAGE_NO_ANSWER', 'framehub does not answer: is it running, and the network up?');
  });
  if (answer.ok) return answer;
  // A proxy in between answers in its own way.
  const { error } = await answer.json().catch(() => ({}));
  throw new HubError(error?.code ?? 'PAGE_REFUSED', error?.message ?? `${answer.status} ${answer.statusText}`);
}
