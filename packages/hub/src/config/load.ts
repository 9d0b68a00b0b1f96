import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { FramehubError, maskedText } from '@framehub/frame';
import { type Problem, safeParseWith } from '@framehub/settings';
import { fileProblem } from './files.js';
import type { MqttConfig } from './mqtt-schema.js';
import { withPrototypeKey } from './prototype-keys.js';
import { type Config, configSchema } from './schema.js';
import { type ConfigText, parseConfigText } from './text.js';

/** Reads a configuration file and checks it. Throws what the two parts of that throw. */
export function loadConfig(file: string): Config {
  return parseConfig(readConfigFile(file), file);
}

/** What a file says; `-` is the standard input. Throws `CONFIG_UNREADABLE`. */
export function readConfigFile(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new FramehubError('CONFIG_UNREADABLE', `the configuration ${file} cannot be read: ${fileProblem(error)}`, {
      file,
    });
  }
}

/**
 * Reads a configuration, YAML or JSON. Relative paths in it are relative to the file.
 * @throws `CONFIG_INVALID` with the first problem as its message (file, line, column, key, value, what is allowed)
 *   and all of them in `details.problems`
 */
export function parseConfig(text: string, file: string): Config {
  const { problems, value, placeOf } = parseConfigText(text);
  if (problems.length > 0) throw invalid(file, problems);
  // An empty file is an empty configuration.
  return withAbsolutePaths(checkConfig(value ?? {}, { file, placeOf }), dirname(file));
}

/**
 * Checks a configuration and fills in its defaults.
 *
 * @param source where it is written, for messages that name the line
 * @throws `CONFIG_INVALID`
 */
export function checkConfig(input: unknown, source?: { file: string; placeOf: ConfigText['placeOf'] }): Config {
  const read = safeParseWith(configSchema, input, { what: 'the configuration' });
  const found = read.success ? [] : read.problems;
  // zod reports only some of the keys `__proto__`, and more of each than that it is there.
  const prototypeKeys = prototypeKeyProblems(input).map(
    (problem) => found.find((other) => isSamePlace(other, problem)) ?? problem,
  );
  const problems = [...prototypeKeys, ...found.filter((problem) => !prototypeKeys.includes(problem))];
  if (read.success && problems.length === 0) return read.data;
  const lines = problems.map(({ path, badKey, message }) =>
    source ? `${source.placeOf(path, badKey)}: ${message}` : message,
  );
  throw invalid(source?.file, lines);
}

/** Keys `__proto__`, which zod passes over. */
function prototypeKeyProblems(input: unknown): Pick<Problem, 'path' | 'badKey' | 'message'>[] {
  return withPrototypeKey(input).map((path) => ({
    path,
    badKey: '__proto__',
    message: `unknown key ${maskedText([...path, '__proto__'].join('.'))}`,
  }));
}

type Place = Pick<Problem, 'path' | 'badKey'>;

function isSamePlace(a: Place, b: Place): boolean {
  return a.badKey === b.badKey && isDeepStrictEqual(a.path, b.path);
}

function invalid(file: string | undefined, found: readonly string[]): FramehubError {
  const problems = found.map((problem) => (file === undefined ? problem : `${file}:${problem}`));
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more: framehub config check ${file ?? ''})` : '';
  return new FramehubError('CONFIG_INVALID', `${problems[0]}${more}`, { file, problems });
}

function withAbsolutePaths(config: Config, folder: string): Config {
  const absolute: Absolute = <K extends string>(key: K, path: string | undefined) =>
    (path === undefined ? {} : { [key]: resolve(folder, path) }) as { [P in K]?: string };
  const cameras = Object.entries(config.cameras).map(([name, camera]) => {
    const source =
      camera.source.type === 'file' ? { ...camera.source, ...absolute('path', camera.source.path) } : camera.source;
    return [name, { ...camera, source, ...absolute('passwordFile', camera.passwordFile) }];
  });
  return {
    ...config,
    cameras: Object.fromEntries(cameras),
    http: { ...config.http, ...absolute('authFile', config.http.authFile) },
    encoder: { ...config.encoder, ...absolute('library', config.encoder.library) },
    ...(config.mqtt && { mqtt: withAbsoluteFiles(config.mqtt, absolute) }),
    log: { ...config.log, ...absolute('file', config.log.file) },
  };
}

type Absolute = <K extends string>(key: K, path: string | undefined) => { [P in K]?: string };

function withAbsoluteFiles(mqtt: MqttConfig, absolute: Absolute): MqttConfig {
  const { embedded, tls } = mqtt;
  return {
    ...mqtt,
    ...absolute('passwordFile', mqtt.passwordFile),
    ...(typeof embedded === 'object' && {
      embedded: { ...embedded, ...absolute('passwordFile', embedded.passwordFile) },
    }),
    ...(tls && {
      tls: { ...tls, ...absolute('ca', tls.ca), ...absolute('cert', tls.cert), ...absolute('key', tls.key) },
    }),
  };
}
