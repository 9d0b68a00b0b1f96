// What a test inside the VM needs: a simulated USB camera, the kernel's vivid, v4l2-ctl.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Emulation is slow: far beyond what anything takes when all is well. */
const TIMEOUT_S = 30;

/** An emulated machine computes at least ten times slower, and is one of several on the same processor. */
export const SLOWNESS = readFileSync('/proc/cpuinfo', 'utf8').includes('TCG CPU') ? 10 : 1;

/** True inside the VM, the only place where a test may load drivers and plug cameras. */
export const insideVm = existsSync('/run/v4l2-vm');

/** A user without rights, in no group: for spawn's options, and for `runAs`. */
export const NOBODY = { uid: 65534, gid: 65534 };

/** Runs a program and returns what it prints; throws when it fails. */
export const run = (program, ...args) => runAs({}, program, ...args);

/** The same as another user. */
export function runAs({ uid, gid }, program, ...args) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], uid, gid });
}

/** Who may use a node, until it is plugged in anew: `setAccess(sim.path, { mode: 0o600, uid: 0, gid: 0 })`. */
export function setAccess(path, { mode, uid = 0, gid = 0 }) {
  chownSync(path, uid, gid);
  chmodSync(path, mode);
}

/** What `v4l2-ctl -d DEVICE ARGS` prints. */
export const v4l2ctl = (device, ...args) => run('v4l2-ctl', '-d', device, ...args);

/** Waits for a device node or a link to one. */
export const appeared = (path) => udevadmWait(path);
/** Waits until a device node or a link to one is gone, and udev has done with it. */
export const removed = (path) => udevadmWait('--removed', '--settle', path);

async function udevadmWait(...args) {
  const waiting = spawn('udevadm', ['wait', `--timeout=${TIMEOUT_S}`, ...args], { stdio: 'inherit' });
  const [status] = await once(waiting, 'exit');
  if (status !== 0) throw new Error(`udevadm wait ${args.join(' ')}: not within ${TIMEOUT_S} s`);
}

/** Drivers read these when a camera is plugged in, e.g. `uvcvideo`, `nodrop`, `1`. */
export function setModuleParameter(module, name, value) {
  writeFileSync(`/sys/module/${module}/parameters/${name}`, String(value));
}

/** Ports of the simulated hub that cameras of this process have, plugged in or not. */
const ports = new Set();

/** Lines of this file: `hs  0003 004 …`, a port of the high speed hub and its state, 4 being free. */
function freePort() {
  const status = readFileSync('/sys/devices/platform/vhci_hcd.0/status', 'utf8');
  const free = [...status.matchAll(/^hs +(\d+) 004 /gm)].map((match) => Number(match[1]));
  const port = free.find((number) => !ports.has(number));
  if (port === undefined) throw new Error(`no free port for one more camera:\n${status}`);
  return port;
}

/**
 * Plugs in a simulated USB camera and waits for its node.
 * README.md lists the options of usbcam and the commands for `send`.
 *
 * @param port 0 to 7, where it stays when it is plugged in again; the first free one unless told otherwise
 * @param vid,pid hexadecimal digits: `046d`
 */
export async function plugCamera({
  serial = 'SIM0001',
  product = 'Simulated Camera',
  vid = '1209',
  pid = '0001',
  port = freePort(),
  options = [],
} = {}) {
  ports.add(port);
  const folder = mkdtempSync(join(tmpdir(), 'usbcam-'));
  const fifo = join(folder, 'control');
  const log = join(folder, 'log');
  const logged = openSync(log, 'w');
  const identity = ['--serial', serial, '--product', product, '--vid', vid, '--pid', pid];
  const usbcam = spawn('usbcam', [...identity, '--port', String(port), '--control', fifo, ...options], {
    stdio: ['ignore', 'ignore', logged],
  });
  closeSync(logged);
  const exited = once(usbcam, 'exit');
  const name = ['usb-usbcam', product.replaceAll(' ', '_'), serial].filter(Boolean).join('_');
  const path = `/dev/v4l/by-id/${name}-video-index0`;
  const byPath = `/dev/v4l/by-path/platform-vhci_hcd.0-usb-0:${port + 1}:1.0-video-index0`;
  await appeared(byPath);
  // Not blocking: fails at once when usbcam is not there to read.
  const send = (command) => writeFileSync(fifo, `${command}\n`, { flag: constants.O_WRONLY | constants.O_NONBLOCK });
  return {
    /** The by-id link to its capturing node, which cameras of equal names and serials share. */
    path,
    /** The by-path link to it: this camera's alone. */
    byPath,
    /** The node that it has now: `/dev/video0`. Throws while it is unplugged. */
    node: () => realpathSync(byPath),
    /** Where it is plugged in: V4L2's bus_info. */
    port: () => `usb-vhci_hcd.0-${port + 1}`,
    /** The file that usbcam logs to. */
    log,
    /** Where usbcam reads commands; for programs other than this one. */
    fifo,
    send,
    async unplug() {
      send('unplug');
      await removed(byPath);
    },
    async plug() {
      send('plug');
      await appeared(byPath);
    },
    /** Answers nothing, as a camera whose program has crashed: calls of the driver wait for it, some for ever. */
    hang: () => usbcam.kill('SIGSTOP'),
    /** Goes on where it hung. */
    resume: () => usbcam.kill('SIGCONT'),
    /** Unplugs it for good. */
    async stop() {
      usbcam.kill('SIGCONT');
      send('quit');
      await exited;
      await removed(byPath);
      ports.delete(port);
    },
  };
}

/**
 * Environment for a program that finds the USB bus full: VIDIOC_STREAMON fails with ENOSPC where a frame takes more than
 * `maxBytes`, or the stream more than `maxBytesPerSecond`. Raw frames take what they hold, MJPG a tenth of its sizeimage.
 */
export function fullUsbBus({ maxBytes = 0, maxBytesPerSecond = 0 }) {
  const folder = mkdtempSync(join(tmpdir(), 'usb-bus-'));
  chmodSync(folder, 0o755);
  const limits = join(folder, 'limits');
  writeFileSync(limits, `${maxBytes} ${maxBytesPerSecond}\n`);
  return { LD_PRELOAD: '/usr/local/lib/v4l2-vm/fullbus.so', FULL_BUS: limits };
}

/** Makes room on that bus, also for programs that run already. */
export function freeUsbBus({ FULL_BUS }) {
  rmSync(FULL_BUS);
}

/** Loads the kernel's test driver with one capturing node. `multiplanar`: as in its module option, 1 no, 2 yes. */
export async function loadVivid({ multiplanar = 1 } = {}) {
  run('modprobe', 'vivid', 'n_devs=1', 'node_types=0x1', `multiplanar=${multiplanar}`);
  const path = '/dev/v4l/by-path/platform-vivid.0-video-index0';
  await appeared(path);
  return {
    path,
    /** As soon as nobody has it open: who waits for it looks at it now and then. */
    async unload() {
      for (const end = Date.now() + TIMEOUT_S * 1000; ; await delay(50)) {
        try {
          run('modprobe', '-r', 'vivid');
          return await removed(path);
        } catch (error) {
          if (!/in use/.test(error.stderr) || Date.now() > end) throw error;
        }
      }
    },
  };
}
