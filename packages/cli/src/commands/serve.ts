import type { Logger } from '@framehub/frame';
import { Server } from '@framehub/hub';
import type { Config } from '@framehub/hub/config';
import { Reload, readConfigFile } from '@framehub/hub/config';
import { exposureWish } from '../arguments/exposure-options.js';
import type { ServeOptionValues } from '../arguments/options.js';
import { requestOf } from '../arguments/to-config.js';
import { bannerLines, describeCamera, openDoorWarning } from '../banner.js';
import { giveUp } from '../cameras/choices.js';
import { withExposure } from '../cameras/with-exposure.js';
import { endProcessSoon } from '../end-process.js';
import { FaultLog } from '../fault-log.js';
import { openLog } from '../logging.js';
import { warnOfOpenPasswords } from '../open-passwords.js';
import { stopSignal, within } from '../stop-signals.js';

/** A supervisor's patience ends after 2 s; the rest is for the process itself. */
const CLOSE_WITHIN_MS = 1600;
const SAY_AGAIN_MS = 5000;
/** What a camera that may come later gets before the addresses are printed without it. */
const CAMERA_PATIENCE_MS = 3000;

/** Serves until it is told to stop. */
export async function serve(options: ServeOptionValues): Promise<void> {
  // What is piped in can be read once only.
  const file = options.config === '-' ? undefined : options.config;
  const running: { reload?: Reload; faults?: FaultLog } = {};
  const stopped = stopSignal({
    hangup() {
      running.reload?.again();
      return file !== undefined;
    },
    fault: (error) => running.faults?.take(error) ?? false,
  });
  const text = options.config === undefined ? undefined : readConfigFile(options.config);
  const asked = requestOf(options, text);
  const log = await openLog(asked.config.log, 'stdout');
  running.faults = new FaultLog(log);
  const { config, unnamed, required } = withExposure(asked, exposureWish(options, log));
  warnOfOpenPasswords(options, config, log);
  const server = new Server(config, { logger: log, unnamed });
  try {
    await Promise.race([start(server, config, required, log), stopped]);
    if (file !== undefined && text !== undefined)
      running.reload = new Reload({
        file,
        text,
        read(text) {
          const next = requestOf(options, text).config;
          return options.camera ? { ...next, cameras: config.cameras } : next;
        },
        async apply(next) {
          log.level = next.log.level;
          await server.apply(next);
        },
        logger: log,
      });
    const signal = await stopped;
    log.info({ signal }, `${signal}: closing`);
  } finally {
    running.reload?.close();
    if (!(await within(server.close(), CLOSE_WITHIN_MS))) log.warn({}, 'a camera or a viewer did not close in time');
    endProcessSoon();
  }
}

async function start(server: Server, config: Config, required: boolean, logger: Logger): Promise<void> {
  const enabled = server.hub.cameras().filter((camera) => camera.settings().enabled);
  for (const { name, source } of enabled.map((camera) => camera.status()))
    logger.info({ camera: name }, `${name}: opening ${source}`);
  await server.start();
  const waiting = setInterval(() => logger.info({}, 'still waiting for the first picture'), SAY_AGAIN_MS);
  try {
    const settled = server.hub.settled();
    if (required) await settled.catch(giveUp);
    else
      await within(
        settled.catch(() => {}),
        CAMERA_PATIENCE_MS,
      );
  } finally {
    clearInterval(waiting);
  }
  announce(server, config, logger);
}

function announce({ hub, urls }: Server, config: Config, logger: Logger): void {
  const people = process.stdout.isTTY && ['debug', 'info'].includes(config.log.level);
  if (people) process.stdout.write(`${bannerLines(hub, urls).join('\n')}\n`);
  else {
    const cameras = hub.cameras().map((camera) => `${camera.name}: ${describeCamera(camera.status())}`);
    logger.info({ urls, cameras, codec: hub.codec, version: hub.version }, `open ${urls[0]}`);
  }
  const warning = openDoorWarning(config.http);
  if (warning) logger.warn({}, warning);
}
