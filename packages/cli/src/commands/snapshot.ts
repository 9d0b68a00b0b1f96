import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { FramehubError, type JpegFrame, jpegTopic, type Logger } from '@framehub/frame';
import { CameraHub } from '@framehub/hub';
import { fileProblem } from '@framehub/hub/config';
import type { CameraOptionValues } from '../arguments/options.js';
import { requestOf } from '../arguments/to-config.js';
import { withExposure } from '../arguments/usbstream.js';
import { endProcessSoon } from '../end-process.js';
import { usageError } from '../errors.js';
import { heldWarnings, openLog } from '../logging.js';
import { warnOfOpenPasswords } from '../open-passwords.js';
import { doneWithin, firstOf, stopSignal } from '../stop-signals.js';
import { throwWithChoices } from './choices.js';

const FRAME_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 1700;
/** Cameras need some frames to find their exposure. */
const WARM_UP_MS = 500;

export interface SnapshotOptionValues extends CameraOptionValues {
  readonly output: string;
}

/** Takes one snapshot, directly from a camera, into a file or, for `-`, the standard output. */
export async function snapshot(options: SnapshotOptionValues): Promise<void> {
  const stopped = stopSignal();
  const warnings = heldWarnings();
  const request = requestOf(options, warnings.logger);
  const { log, cameras } = request.config;
  const names = Object.keys(cameras);
  if (names.length > 1)
    throw usageError(`a snapshot is of one camera, and there are ${names.join(', ')}: choose with --camera`);
  // The output may be a JPEG, and success needs no message.
  const logger = await openLog({ ...log, level: log.level === 'info' ? 'warn' : log.level }, 'stderr');
  warnings.logTo(logger);
  const { config, unnamed } = withExposure(request, options, logger);
  warnOfOpenPasswords(options, config, logger);
  const hub = new CameraHub(config, { logger, unnamed });
  try {
    const frame = await firstOf(firstFrame(hub, logger), stopped);
    if (typeof frame === 'string') throw new FramehubError('CLI_INTERRUPTED', `${frame}: no snapshot was taken`);
    await write(options.output, frame.data);
  } finally {
    await doneWithin(hub.close(), CLOSE_TIMEOUT_MS);
    endProcessSoon();
  }
}

async function firstFrame(hub: CameraHub, logger: Logger): Promise<JpegFrame> {
  const [camera] = hub.cameras().map(({ name }) => name) as [string];
  await hub.start();
  hub.open();
  const frames = hub.broker.frames(jpegTopic(camera, {}), { signal: AbortSignal.timeout(FRAME_TIMEOUT_MS) });
  const failed = hub.settled().then(() => new Promise<never>(() => {}), throwWithChoices);
  const warmedUp = async () => {
    let earliest = Number.POSITIVE_INFINITY;
    for await (const frame of frames) {
      if (frame.placeholder !== undefined) continue;
      earliest = Math.min(earliest, frame.capturedAt);
      if (frame.capturedAt - earliest >= WARM_UP_MS) return frame;
    }
    throw new FramehubError(
      'HUB_NO_FRAME',
      `no frame came from ${camera} in ${FRAME_TIMEOUT_MS / 1000} s: replug it; --verbose shows more`,
    );
  };
  logger.debug({ camera }, 'waiting for a frame');
  return firstOf(warmedUp(), failed);
}

/** Writes the whole file or nothing: programs that watch the folder never see a part. */
async function write(file: string, data: Uint8Array): Promise<void> {
  if (file === '-') {
    await new Promise<void>((resolve, reject) =>
      process.stdout.write(data, (error) => (error ? reject(unwritable('the standard output', error)) : resolve())),
    );
    return;
  }
  const partial = `${file}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(partial, data, { flag: 'wx' });
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): FramehubError {
  return new FramehubError('CLI_SNAPSHOT_UNWRITABLE', `${file} cannot be written: ${fileProblem(error)}`, { file });
}
