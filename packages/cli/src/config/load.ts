import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FramehubError } from '@framehub/frame';
import type { z } from 'zod';
import { fileProblem } from '../errors.js';
import { describeIssue } from './describe-issue.js';
import type { MqttConfig } from './mqtt-schema.js';
import { withPrototypeKey } from './prototype-keys.js';
import { type Config, configSchema } from './schema.js';
import { type ConfigText, parseConfigText } from './text.js';

/** Reads a configuration file and checks it. Throws what the two parts of that throw. */
export function loadConfig(file: string): Config {
  return parseConfig(readConfigFile(file), file);
}

/** What a file says; `-` is the standard input. Throws `CLI_CONFIG_UNREADABLE`. */
export function readConfigFile(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new FramehubError(
      'CLI_CONFIG_UNREADABLE',
      `the configuration ${file} cannot be read: ${fileProblem(error)}`,
      {
        file,
      },
    );
  }
}

/**
 * Reads a configuration, YAML or JSON. Relative paths in it are relative to the file.
 * @throws `CLI_CONFIG_INVALID` with the first problem as its message (file, line, column, key, value, what is allowed)
 *   and all of them in `details.problems`
 */
export function parseConfig(text: string, file: string): Config {
  const { problems, value, placeOf } = parseConfigText(text);
  if (problems.length > 0) throw invalid(file, problems);
  // An empty file is an empty configuration.
  return withAbsolutePaths(checkConfig(value ?? {}, { file, placeOf }), dirname(file));
}

/**
 * Checks a configuration and fills in its defaults. Throws `CLI_CONFIG_INVALID`.
 * @param source where it is written, if it is, for messages that name the line
 */
export function checkConfig(input: unknown, source?: { file: string; placeOf: ConfigText['placeOf'] }): Config {
  const result = configSchema.safeParse(input);
  const issues = [...prototypeKeyIssues(input), ...(result.error?.issues ?? [])];
  if (result.success && issues.length === 0) return result.data;
  // A key may be found by both.
  const problems = new Set(issues.flatMap((issue) => describeIssue(issue, input, source?.placeOf)));
  throw invalid(source?.file, [...problems]);
}

/** Of keys `__proto__`, which the schema's library passes over. */
function prototypeKeyIssues(input: unknown): z.core.$ZodIssue[] {
  return withPrototypeKey(input).map((path) => ({
    code: 'unrecognized_keys',
    keys: ['__proto__'],
    path: [...path],
    message: '',
  }));
}

function invalid(file: string | undefined, found: readonly string[]): FramehubError {
  const problems = found.map((problem) => (file === undefined ? problem : `${file}:${problem}`));
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more: framehub config check ${file ?? ''})` : '';
  return new FramehubError('CLI_CONFIG_INVALID', `${problems[0]}${more}`, { file, problems });
}

function withAbsolutePaths(config: Config, folder: string): Config {
  const absolute: Absolute = <K extends string>(key: K, path: string | undefined) =>
    (path === undefined ? {} : { [key]: resolve(folder, path) }) as { [P in K]?: string };
  const cameras = Object.entries(config.cameras).map(([name, camera]) => {
    const source =
      camera.source.kind === 'file' ? { ...camera.source, ...absolute('path', camera.source.path) } : camera.source;
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
