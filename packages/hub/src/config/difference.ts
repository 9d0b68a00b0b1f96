import { isDeepStrictEqual } from 'node:util';
import type { CameraConfig } from './camera-schema.js';
import type { Config } from './schema.js';

/** What another list of cameras means for those that run; each by name. */
export interface CamerasDifference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** The list itself is another: cameras came or went, or their order is new. */
  readonly listed: boolean;
}

export function compareCameras(before: Config['cameras'], after: Config['cameras']): CamerasDifference {
  const [names, next] = [Object.keys(before), Object.keys(after)];
  const stayed = next.filter((name) => Object.hasOwn(before, name));
  return {
    added: next.filter((name) => !Object.hasOwn(before, name)),
    changed: stayed.filter((name) => !isDeepStrictEqual(ofCamera(before[name]), ofCamera(after[name]))),
    removed: names.filter((name) => !Object.hasOwn(after, name)),
    listed: !isDeepStrictEqual(names, next),
  };
}

/** What goes out over MQTT is no matter of the camera. */
function ofCamera(config: CameraConfig | undefined): object {
  return { ...config, mqtt: undefined };
}

/** `cameras: door is new, garage is changed, shed is gone` */
export function describeDifference({ added, changed, removed }: CamerasDifference): string {
  const said = [
    ...added.map((name) => `${name} is new`),
    ...changed.map((name) => `${name} is changed`),
    ...removed.map((name) => `${name} is gone`),
  ];
  return `cameras: ${said.join(', ') || 'as before'}`;
}

/** Keys that differ and take effect only when framehub is started anew: `http.port`. */
export function keysForRestart(before: Config, after: Config): string[] {
  return [
    ...differing('http', before.http, after.http),
    ...differing('encoder', before.encoder, after.encoder),
    ...differing('log', { file: before.log.file }, { file: after.log.file }),
  ];
}

function differing<T extends object>(group: string, before: T, after: T): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof T & string)[];
  return keys.filter((key) => !isDeepStrictEqual(before[key], after[key])).map((key) => `${group}.${key}`);
}
