import type { CameraStatus, Hub, Logger } from '@framehub/frame';
import { Server } from '@framehub/hub';
import { type Config, Reload, readConfigFile } from '@framehub/hub/config';
import type { ServeOptionValues } from '../arguments/options.js';
import { requestOf } from '../arguments/to-config.js';
import { withExposure } from '../arguments/usbstream.js';
import { endProcessSoon } from '../end-process.js';
import { FaultLog, heldWarnings, openLog } from '../logging.js';
import { warnOfOpenPasswords } from '../open-passwords.js';
import { doneWithin, firstOf, stopSignal } from '../stop-signals.js';
import { throwWithChoices } from './choices.js';

/** A service manager kills the process after 2 s; the rest is for the process itself. */
const CLOSE_TIMEOUT_MS = 1600;
const STILL_WAITING_MS = 5000;
/** How long the addresses wait for a camera that may come later. */
const CAMERA_TIMEOUT_MS = 3000;

/** Serves until a signal stops it. */
export async function serve(options: ServeOptionValues): Promise<void> {
  // Standard input can be read once only.
  const file = options.config === '-' ? undefined : options.config;
  const running: { reload?: Reload; faults?: FaultLog } = {};
  const stopped = stopSignal({
    hangup() {
      running.reload?.readAgain();
      return file !== undefined;
    },
    fault: (error) => running.faults?.handle(error) ?? false,
  });
  const text = options.config === undefined ? undefined : readConfigFile(options.config);
  const warnings = heldWarnings();
  const request = requestOf(options, warnings.logger, text);
  const log = await openLog(request.config.log, 'stdout');
  warnings.logTo(log);
  running.faults = new FaultLog(log);
  const { config, unnamed, required } = withExposure(request, options, log);
  warnOfOpenPasswords(options, config, log);
  const server = new Server(config, { logger: log, unnamed });
  try {
    await firstOf(start(server, config, required, log), stopped);
    if (file !== undefined && text !== undefined)
      running.reload = new Reload({
        file,
        text,
        read(content) {
          const next = requestOf(options, log, content).config;
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
    if (!(await doneWithin(server.close(), CLOSE_TIMEOUT_MS)))
      log.warn({}, 'a camera or a viewer did not close in time');
    endProcessSoon();
  }
}

async function start(server: Server, config: Config, required: boolean, logger: Logger): Promise<void> {
  const enabled = server.hub.cameras().filter((camera) => camera.settings().enabled);
  for (const { name, source } of enabled.map((camera) => camera.status()))
    logger.info({ camera: name }, `${name}: opening ${source}`);
  await server.start();
  const waiting = setInterval(() => logger.info({}, 'still waiting for the first frame'), STILL_WAITING_MS);
  try {
    const settled = server.hub.settled();
    if (required) await settled.catch(throwWithChoices);
    else await doneWithin(settled, CAMERA_TIMEOUT_MS).catch(() => {});
  } finally {
    clearInterval(waiting);
  }
  announce(server, config, logger);
}

function announce({ hub, urls }: Server, config: Config, logger: Logger): void {
  const isTerminal = process.stdout.isTTY && ['debug', 'info'].includes(config.log.level);
  if (isTerminal) process.stdout.write(`${bannerLines(hub, urls).join('\n')}\n`);
  else {
    const cameras = hub.cameras().map((camera) => `${camera.name}: ${describeCamera(camera.status())}`);
    logger.info({ urls, cameras, codec: hub.codec, version: hub.version }, `open ${urls[0]}`);
  }
  const { host, authFile } = config.http;
  const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (!isLocal && authFile === undefined)
    logger.warn(
      {},
      'anyone in the network can view: require a password with --auth-file FILE, or serve this machine only with --host 127.0.0.1',
    );
}

/** What to open, and what is shown there. */
function bannerLines(hub: Hub, urls: readonly string[]): string[] {
  const [url = '', ...others] = urls;
  return [
    '',
    `  framehub ${hub.version}`,
    '',
    `  page       ${url}`,
    ...others.map((other) => `             ${other}`),
    `  stream     ${url}stream`,
    `  snapshot   ${url}snapshot`,
    `  API        ${url}api/cameras`,
    '',
    ...hub.cameras().map((camera) => `  ${camera.name.padEnd(10)} ${describeCamera(camera.status())}`),
    `  codec      ${hub.codec}`,
    '',
    '  Ctrl-C ends it.',
    '',
  ];
}

/** `/dev/video0 (UVC Camera), MJPG 1280x720, 30 fps, rotated by 180` */
function describeCamera({ source, format, fps, rendition, error, state }: CameraStatus): string {
  const { rotate, flip } = rendition;
  const parts = [
    source,
    format && `${format.fourcc} ${format.width}x${format.height}`,
    fps.nominal !== undefined && `${Number(fps.nominal.toFixed(2))} fps`,
    rotate && `rotated by ${rotate}`,
    flip && flip !== 'none' && `flipped ${flip === 'both' ? 'both ways' : `${flip}ly`}`,
    state !== 'live' && state,
    error?.message,
  ];
  return parts.filter(Boolean).join(', ');
}
