import { Camera } from '@framehub/capture';

/** A camera under test, and what it has logged. */
export function openCamera(source, options = {}) {
  const logged = [];
  const log = (level) => (_data, message) => logged.push(`${level}: ${message}`);
  const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const camera = new Camera({ name: 'vm', source: { type: 'v4l2', ...source }, logger, ...options });
  camera.open();
  return { camera, logged };
}

/** Resolves with the first snapshot that is as wanted, now or later. */
export function until(camera, wanted) {
  return new Promise((resolve) => {
    const watching = camera.subscribe((event) => event.type === 'state' && check(event.snapshot));
    check(camera.status());
    function check(snapshot) {
      if (!wanted(snapshot)) return;
      watching.close();
      resolve(snapshot);
    }
  });
}

export const live = ({ state }) => state === 'live';
export const failedWith =
  (code) =>
  ({ error }) =>
    error?.code === code;

/** Copies of frames as they come, until `enough` says so of all that came. */
export function takeUntil(camera, enough) {
  return new Promise((resolve) => {
    const frames = [];
    const stop = camera.start((frame) => {
      const lease = frame.lease();
      if (!lease) return;
      const { format, sequence, capturedAt, placeholder } = frame;
      frames.push({ format, sequence, placeholder, age: Date.now() - capturedAt, bytes: Uint8Array.from(lease.bytes) });
      lease.release();
      if (!enough(frames)) return;
      stop.close();
      resolve(frames);
    });
  });
}

/** Frames without placeholders, which may come between them on a busy machine. */
export async function take(camera, count) {
  const isPicture = ({ placeholder }) => placeholder === undefined;
  const frames = await takeUntil(camera, (all) => all.filter(isPicture).length >= count);
  return frames.filter(isPicture);
}

export const rises = (values) => values.every((value, i) => i === 0 || value > values[i - 1]);

/** The number that usbcam draws into a YUYV frame: 32 cells across the top rows, white is 1, high bit first. */
export function yuyvNumber({ bytes, format: { width, stride } }) {
  let number = 0;
  for (let bit = 0; bit < 32; bit++) {
    const x = Math.floor(((bit + 0.5) * width) / 32);
    number = number * 2 + (bytes[8 * stride + 2 * x] > 128 ? 1 : 0);
  }
  return number;
}
