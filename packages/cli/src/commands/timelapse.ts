import { FramehubError, type Logger } from '@framehub/frame';
import { readPasswordFile } from '@framehub/hub/config';
import {
  type CollectOptions,
  type CollectProgress,
  collect,
  describeCollecting,
  type RenderOptions,
  type RenderProgress,
  type RenderResult,
  render,
} from '@framehub/timelapse';
import { usageError } from '../errors.js';
import { type Alternatives, warnOfCommandLine } from '../open-passwords.js';
import { ProgressLine } from './progress-line.js';
import { stoppable } from './stoppable.js';

export interface CollectOptionValues
  extends Omit<CollectOptions, 'password' | 'keep' | 'out' | 'logger' | 'onProgress' | 'signal'> {
  readonly out?: string;
  readonly keep?: number;
  readonly passwordFile?: string;
  readonly verbose?: true;
}

export interface RenderOptionValues extends Omit<RenderOptions, 'folder' | 'logger' | 'onProgress' | 'signal'> {
  readonly verbose?: true;
}

const BAR = 24;
/** How to give a password that other users of the machine cannot read. */
const INSTEAD: Alternatives = {
  camera: '--password-file FILE or FRAMEHUB_HTTP_PASSWORD',
  broker: '--password-file FILE or FRAMEHUB_MQTT_PASSWORD',
};

/** Stores snapshots until SIGINT or SIGTERM. */
export async function collectSnapshots(options: CollectOptionValues): Promise<void> {
  const { out, passwordFile, verbose, ...rest } = options;
  if (out === undefined) throw usageError('--out DIR is missing: the folder of the snapshots');
  const line = new ProgressLine();
  const logger = loggerOf(line, verbose);
  warnOfCommandLine(INSTEAD, logger);
  const password =
    passwordFile === undefined ? {} : { password: readPasswordFile(passwordFile, '--password-file', logger) };
  const collectOptions = { ...fromEnvironment(rest), ...rest, ...password, out };
  const onProgress = (state: CollectProgress) => line.show(describeCollecting(state));
  try {
    const done = await stoppable((signal) => collect({ ...collectOptions, logger, onProgress, signal }));
    line.end(describeCollecting({ ...done, problem: undefined }));
  } catch (error) {
    line.leave();
    throw asUsage(error);
  }
}

/** Makes a film of a folder's snapshots. */
export async function renderFilm(folder: string, { verbose, ...options }: RenderOptionValues): Promise<void> {
  const line = new ProgressLine();
  const logger = loggerOf(line, verbose);
  const onProgress = (state: RenderProgress) => line.show(describeRendering(state));
  try {
    const film = await stoppable((signal) => render({ ...options, folder, logger, onProgress, signal }));
    line.end(describeFilm(film));
  } catch (error) {
    line.leave();
    throw asUsage(error);
  }
}

/** `[############            ] 1200 of 2400 frames` */
function describeRendering({ frames, total }: RenderProgress): string {
  const done = Math.min(BAR, Math.floor((BAR * frames) / Math.max(total, 1)));
  return `[${'#'.repeat(done).padEnd(BAR)}] ${frames} of ${total} frames`;
}

/** `film.mp4: 240 frames, 9.6 s` */
function describeFilm({ file, frames, skipped, seconds }: RenderResult): string {
  const left = skipped === 0 ? '' : `, ${skipped} ${skipped === 1 ? 'snapshot' : 'snapshots'} left out`;
  return `${file}: ${frames} ${frames === 1 ? 'frame' : 'frames'}, ${Number(seconds.toFixed(1))} s${left}`;
}

/** There is no option for a password: other users of the machine can read command lines. */
function fromEnvironment({ mqtt }: Pick<CollectOptions, 'mqtt'>): Pick<CollectOptions, 'username' | 'password'> {
  const prefix = mqtt === undefined ? 'FRAMEHUB_HTTP' : 'FRAMEHUB_MQTT';
  const { [`${prefix}_USERNAME`]: username, [`${prefix}_PASSWORD`]: password } = process.env;
  return { ...(username && { username }), ...(password && { password }) };
}

/** Human-readable lines; index.csv is for programs. */
function loggerOf(line: ProgressLine, verbose = false): Logger {
  const say = (_: object, message: string): void => line.say(message);
  return { debug: verbose ? say : () => {}, info: say, warn: say, error: say };
}

function asUsage(error: unknown): unknown {
  const isOption = error instanceof FramehubError && error.code === 'TIMELAPSE_INVALID_OPTION';
  return isOption ? usageError(error.message, error.details) : error;
}
