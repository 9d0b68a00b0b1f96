import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { FramehubError, type Logger, maskedText, silentLogger } from '@framehub/frame';
import { type Problem, safeParseWith } from '@framehub/settings';
import { fileProblem } from './files.js';
import type { MqttConfig } from './mqtt-schema.js';
import { withoutOldKeys } from './old-keys.js';
import { type Config, configSchema } from './schema.js';
import { type ConfigText, parseConfigText } from './text.js';

/** Options of reading a configuration. */
export interface ReadConfigOptions {
  /** Warned of keys that have another name now. @default no logger */
  readonly logger?: Logger;
}

/**
 * Reads a configuration file and checks it.
 *
 * @throws FramehubError `CONFIG_UNREADABLE`, `CONFIG_INVALID`
 */
export function loadConfig(file: string, options?: ReadConfigOptions): Config {
  return parseConfig(readConfigFile(file), file, options);
}

/** The text of a configuration file; `-` is the standard input. @throws FramehubError `CONFIG_UNREADABLE` */
export function readConfigFile(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, cause: unknown): FramehubError {
  const message = `the configuration ${file} cannot be read: ${fileProblem(cause)}`;
  return new FramehubError('CONFIG_UNREADABLE', message, { file }, { cause });
}

/**
 * Reads a configuration, YAML or JSON. Relative paths in it are relative to the file.
 *
 * @throws FramehubError `CONFIG_INVALID` with the first problem as its message (file, line, column, key, value, what is
 *   allowed) and all of them in `details.problems`
 */
export function parseConfig(text: string, file: string, options?: ReadConfigOptions): Config {
  const { problems, value, placeOf } = parseConfigText(text);
  if (problems.length > 0) throw invalid(file, problems);
  // An empty file is an empty configuration.
  return withAbsolutePaths(check(value ?? {}, { file, placeOf }, options), dirname(file));
}

/**
 * Checks a configuration and fills in its defaults.
 *
 * @param input as in a configuration file, parsed
 * @throws FramehubError `CONFIG_INVALID`
 */
export function checkConfig(input: unknown, options?: ReadConfigOptions): Config {
  return check(input, undefined, options);
}

type Source = { readonly file: string; readonly placeOf: ConfigText['placeOf'] };

/** @param source where it is written, for messages that name the line */
function check(input: unknown, source: Source | undefined, { logger = silentLogger }: ReadConfigOptions = {}): Config {
  const { input: translated, oldKeys } = withoutOldKeys(input);
  const at = (path: readonly PropertyKey[], badKey?: string): string => {
    const old = oldKeys.find(({ path: around, newKey }) => isDeepStrictEqual([...around, newKey], path));
    return source ? `${source.placeOf(old ? [...old.path, old.key] : path, badKey)}: ` : '';
  };
  const read = safeParseWith(configSchema, translated, { what: 'the configuration' });
  const found = read.success ? [] : read.problems;
  // zod reports only some of the keys `__proto__`, and with them the keys that are known.
  const prototypeKeys = pathsWithPrototypeKey(input).map(
    (path) =>
      found.find((problem) => problem.badKey === '__proto__' && isDeepStrictEqual(problem.path, path)) ??
      prototypeKeyProblem(path),
  );
  const problems = [...prototypeKeys, ...found.filter((problem) => !prototypeKeys.includes(problem))];
  if (!read.success || problems.length > 0)
    throw invalid(
      source?.file,
      problems.map(({ path, badKey, message }) => `${at(path, badKey)}${message}`),
    );
  for (const { path, key, message } of oldKeys)
    logger.warn({}, `${source ? `${source.file}:` : ''}${at(path, key)}${message}`);
  return read.data;
}

function prototypeKeyProblem(path: readonly PropertyKey[]): Pick<Problem, 'path' | 'badKey' | 'message'> {
  return { path, badKey: '__proto__', message: `unknown key ${maskedText([...path, '__proto__'].join('.'))}` };
}

/**
 * The paths of all objects that have a key `__proto__`, which a check of the known keys may miss. One that is written in
 * a program's source is not a key, but changes what the object inherits from.
 */
function pathsWithPrototypeKey(value: unknown): (readonly PropertyKey[])[] {
  const found: (readonly PropertyKey[])[] = [];
  const seen = new Set<object>();
  const visit = (inner: unknown, path: readonly PropertyKey[]): void => {
    if (typeof inner !== 'object' || inner === null || seen.has(inner)) return;
    seen.add(inner);
    if (Object.hasOwn(inner, '__proto__') || inheritsFromLiteral(inner)) found.push(path);
    for (const [key, part] of Object.entries(inner)) visit(part, [...path, key]);
  };
  visit(value, []);
  return found;
}

function inheritsFromLiteral(value: object): boolean {
  const inherited: unknown = Object.getPrototypeOf(value);
  return typeof inherited === 'object' && inherited !== null && !Object.hasOwn(inherited, 'constructor');
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
