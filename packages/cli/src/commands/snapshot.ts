import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { FramehubError, type JpegFrame, jpegTopic, type Logger } from '@framehub/frame';
import { CameraHub } from '@framehub/hub';
import { fileProblem } from '@framehub/hub/config';
import { exposureWish } from '../arguments/exposure-options.js';
import type { CameraOptionValues } from '../arguments/options.js';
import { requestOf } from '../arguments/to-config.js';
import { giveUp } from '../cameras/choices.js';
import { withExposure } from '../cameras/with-exposure.js';
import { endProcessSoon } from '../end-process.js';
import { usageError } from '../errors.js';
import { openLog } from '../logging.js';
import { warnOfOpenPasswords } from '../open-passwords.js';
import { stopSignal, within } from '../stop-signals.js';

const PATIENCE_MS = 10_000;
/** Cameras need some pictures to find their exposure. */
const WARM_UP_MS = 500;

export interface SnapshotOptionValues extends CameraOptionValues {
  readonly output: string;
}

/** Takes one picture, straight from a camera, into a file or, for `-`, the standard output. */
export async function snapshot(options: SnapshotOptionValues): Promise<void> {
  const stopped = stopSignal();
  const asked = requestOf(options);
  const { log, cameras } = asked.config;
  const names = Object.keys(cameras);
  if (names.length > 1)
    throw usageError(`a snapshot is of one camera, and there are ${names.join(', ')}: choose with --camera`);
  // The output may be a picture, and a good end needs no words.
  const logger = await openLog({ ...log, level: log.level === 'info' ? 'warn' : log.level }, 'stderr');
  const { config, unnamed } = withExposure(asked, exposureWish(options, logger));
  warnOfOpenPasswords(options, config, logger);
  const hub = new CameraHub(config, { logger, unnamed });
  try {
    const picture = await Promise.race([take(hub, logger), stopped]);
    if (typeof picture === 'string') throw new FramehubError('CLI_INTERRUPTED', `${picture}: no picture was taken`);
    await write(options.output, picture.data);
  } finally {
    await within(hub.close(), 1700);
    endProcessSoon();
  }
}

async function take(hub: CameraHub, logger: Logger): Promise<JpegFrame> {
  const [camera] = hub.cameras().map(({ name }) => name) as [string];
  await hub.start();
  hub.open();
  const pictures = hub.broker.frames(jpegTopic(camera, {}), { signal: AbortSignal.timeout(PATIENCE_MS) });
  const failed = hub.settled().then(() => new Promise<never>(() => {}), giveUp);
  const first = async () => {
    let earliest = Number.POSITIVE_INFINITY;
    for await (const picture of pictures) {
      if (picture.placeholder !== undefined) continue;
      earliest = Math.min(earliest, picture.capturedAt);
      if (picture.capturedAt - earliest >= WARM_UP_MS) return picture;
    }
    throw new FramehubError(
      'HUB_NO_FRAME',
      `no picture came from ${camera} in ${PATIENCE_MS / 1000} s: is it in order? --verbose shows more`,
    );
  };
  logger.debug({ camera }, 'waiting for a picture');
  return Promise.race([first(), failed]);
}

/** Writes the whole file or none: who watches the folder never sees a part. */
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
