import { isDeepStrictEqual } from 'node:util';
import type { CameraConfig } from './camera-schema.js';
import type { Config } from './schema.js';

/** What a new list of cameras means for the running ones; each by name. */
export interface CamerasDifference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** The list itself has changed: cameras were added or removed, or their order is new. */
  readonly listed: boolean;
}

export function compareCameras(before: Config['cameras'], after: Config['cameras']): CamerasDifference {
  const [names, next] = [Object.keys(before), Object.keys(after)];
  const kept = next.filter((name) => Object.hasOwn(before, name));
  return {
    added: next.filter((name) => !Object.hasOwn(before, name)),
    changed: kept.filter((name) => !isDeepStrictEqual(withoutMqtt(before[name]), withoutMqtt(after[name]))),
    removed: names.filter((name) => !Object.hasOwn(after, name)),
    listed: !isDeepStrictEqual(names, next),
  };
}

/** What is published over MQTT does not concern the camera. */
function withoutMqtt(config: CameraConfig | undefined): object {
  return { ...config, mqtt: undefined };
}

/** `cameras: door added, garage changed, shed removed` */
export function describeDifference({ added, changed, removed }: CamerasDifference): string {
  const parts = [
    ...added.map((name) => `${name} added`),
    ...changed.map((name) => `${name} changed`),
    ...removed.map((name) => `${name} removed`),
  ];
  return `cameras: ${parts.join(', ') || 'unchanged'}`;
}

/** Keys that differ and need a restart: `http.port`. */
export function keysForRestart(before: Config, after: Config): string[] {
  return [
    ...differingKeys('http', before.http, after.http),
    ...differingKeys('encoder', before.encoder, after.encoder),
    ...differingKeys('log', { file: before.log.file }, { file: after.log.file }),
  ];
}

function differingKeys<T extends object>(group: string, before: T, after: T): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof T & string)[];
  return keys.filter((key) => !isDeepStrictEqual(before[key], after[key])).map((key) => `${group}.${key}`);
}
