// What a test inside the VM needs: a simulated USB camera, the kernel's vivid, v4l2-ctl.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Emulation is slow: far beyond what anything takes when all is well. */
const PATIENCE_S = 30;

/** True inside the VM, the only place where a test may load drivers and plug cameras. */
export const insideVm = existsSync('/run/v4l2-vm');

/** Runs a program and returns what it prints; throws when it fails. */
export function run(program, ...args) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What `v4l2-ctl -d DEVICE ARGS` prints. */
export const v4l2ctl = (device, ...args) => run('v4l2-ctl', '-d', device, ...args);

/** Waits for a device node or a link to one. */
export const appeared = (path) => udevadmWait(path);
/** Waits until a device node or a link to one is gone. */
export const removed = (path) => udevadmWait('--removed', path);

async function udevadmWait(...args) {
  const waiting = spawn('udevadm', ['wait', `--timeout=${PATIENCE_S}`, ...args], { stdio: 'inherit' });
  const [status] = await once(waiting, 'exit');
  if (status !== 0) throw new Error(`udevadm wait ${args.join(' ')}: not within ${PATIENCE_S} s`);
}

/** Drivers read these when a camera is plugged in, e.g. `uvcvideo`, `nodrop`, `1`. */
export function setModuleParameter(module, name, value) {
  writeFileSync(`/sys/module/${module}/parameters/${name}`, String(value));
}

/**
 * Plugs in a simulated USB camera and waits for its node.
 * README.md lists the options of usbcam and the commands for `send`.
 */
export async function plugCamera({ serial = 'SIM0001', product = 'Simulated Camera', options = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'usbcam-'));
  const fifo = join(folder, 'control');
  const log = join(folder, 'log');
  const logged = openSync(log, 'w');
  const usbcam = spawn('usbcam', ['--serial', serial, '--product', product, '--control', fifo, ...options], {
    stdio: ['ignore', 'ignore', logged],
  });
  closeSync(logged);
  const exited = once(usbcam, 'exit');
  const name = ['usb-usbcam', product.replaceAll(' ', '_'), serial].filter(Boolean).join('_');
  const path = `/dev/v4l/by-id/${name}-video-index0`;
  await appeared(path);
  // Not blocking: fails at once when usbcam is not there to read.
  const send = (command) => writeFileSync(fifo, `${command}\n`, { flag: constants.O_WRONLY | constants.O_NONBLOCK });
  return {
    /** The by-id link to its capturing node. */
    path,
    /** The file that usbcam logs to. */
    log,
    /** Where usbcam reads commands; for programs other than this one. */
    fifo,
    send,
    async unplug() {
      send('unplug');
      await removed(path);
    },
    async plug() {
      send('plug');
      await appeared(path);
    },
    /** Unplugs it for good. */
    async stop() {
      send('quit');
      await exited;
      await removed(path);
    },
  };
}

/** Loads the kernel's test driver with one capturing node. `multiplanar`: as in its module option, 1 no, 2 yes. */
export async function loadVivid({ multiplanar = 1 } = {}) {
  run('modprobe', 'vivid', 'n_devs=1', 'node_types=0x1', `multiplanar=${multiplanar}`);
  const path = '/dev/v4l/by-path/platform-vivid.0-video-index0';
  await appeared(path);
  return {
    path,
    async unload() {
      run('modprobe', '-r', 'vivid');
      await removed(path);
    },
  };
}
