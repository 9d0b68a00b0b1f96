import { type CameraControl, type FramehubError, frameBytes, minimumStride, type PixelFormat } from '@framehub/frame';
import { type ActiveFormat, type CapturedBuffer, V4l2Camera } from 'node-v4l2-camera';
import { type NegotiatedFormat, negotiate } from '../../negotiate.js';
import type { V4l2Options } from '../../options.js';
import { unixNow, unixOfMonotonic } from '../../thread/clock.js';
import type { ControlStart } from '../open-source.js';
import type { Source, SourceHost } from '../source.js';
import { deviceError } from './device-error.js';
import { V4l2Controls } from './v4l2-controls.js';

/**
 * How long the thread waits in the driver at most before it looks for commands. It looks after each frame, too,
 * so this matters only for a camera that is slow or has stalled.
 */
const SLICE_MS = 100;
const DEFAULT_BUFFERS = 4;

/**
 * A camera of Video4Linux2.
 *
 * Watched, the thread blocks in poll() until a frame comes, hands it on and turns its event loop once, by
 * setImmediate: there commands arrive and reports leave. No timer makes a frame late, and no thread pool costs
 * two switches a frame.
 *
 * Unwatched, it goes on dequeuing without copying: exposure stays right, a fault is noticed, and the first viewer's
 * first frame is a new one. But it lets frames gather in the driver's queue and takes several at a time: waking up
 * for each costs as much as all else together. It sleeps by the doorbell then, so that a viewer wakes it at once.
 */
export class V4l2Source implements Source {
  readonly lively = true;
  readonly expecting = true;
  readonly #host: SourceHost;
  readonly #device: string;
  readonly #camera: V4l2Camera;
  readonly #controls: V4l2Controls;
  readonly #format: PixelFormat;
  readonly #sizeImage: number;
  /** Bytes without which a frame is not whole; 0 for JPEG. */
  readonly #leastBytes: number;
  #restMs = SLICE_MS;
  #wanted = false;
  #firstOfDriver: number | undefined;
  #lastSequence: number;
  #gone = false;
  #closed = false;

  /** Opens, sets and starts the camera. Throws a `CAPTURE_…` error, and leaves nothing open then. */
  constructor(options: V4l2Options, host: SourceHost, { controls, originals }: ControlStart) {
    this.#host = host;
    this.#device = options.device;
    this.#lastSequence = host.firstSequence - 1;
    this.#camera = attempt(options.device, () => V4l2Camera.open(options.device));
    this.#controls = new V4l2Controls(this.#camera, host, originals);
    try {
      const active = this.#start(options);
      this.#format = pixelFormat(active);
      this.#sizeImage = active.sizeImage;
      this.#leastBytes = frameBytes(this.#format);
      this.#controls.begin({ ...options.controls, ...controls });
    } catch (error) {
      this.#release();
      throw deviceError(error, options.device);
    }
    this.#turn();
  }

  demand(wanted: boolean): void {
    this.#wanted = wanted;
  }

  controls(): readonly CameraControl[] {
    return attempt(this.#device, () => this.#controls.list());
  }

  setControls(values: Readonly<Record<string, number>>): readonly CameraControl[] {
    return attempt(this.#device, () => this.#controls.set(values));
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#release();
  }

  #start({ device, buffers = DEFAULT_BUFFERS, ...wish }: V4l2Options): ActiveFormat {
    const camera = this.#camera;
    const formats = camera.formats();
    const chosen = negotiate(formats, wish, (fourcc, { width, height }) =>
      camera.frameIntervals(fourcc, width, height),
    );
    for (const note of chosen.notes) this.#host.log('warn', note);
    const active = camera.setFormat({ fourcc: chosen.fourcc, ...chosen.size });
    this.#sayDifference(chosen, active);
    const interval = chosen.interval && camera.setFrameInterval(chosen.interval);
    const fps = interval ? interval.denominator / interval.numerator : chosen.fps;
    camera.start({ buffers });
    // Half a frame is left for being late: with no buffer the driver drops frames.
    if (fps) this.#restMs = Math.min(SLICE_MS, ((buffers - 1.5) * 1000) / fps);
    this.#host.opened({ label: `${device} (${camera.info.card})`, fps });
    return active;
  }

  #sayDifference({ fourcc, size }: NegotiatedFormat, active: ActiveFormat): void {
    const wished = `${size.width}x${size.height} ${fourcc}`;
    const given = `${active.width}x${active.height} ${active.fourcc}`;
    if (wished !== given) this.#host.log('warn', `the driver gives ${given} instead of ${wished}`);
  }

  /** Takes what is there or comes soon, and comes back on the event loop's next turn. */
  #turn(): void {
    if (this.#closed) return;
    try {
      if (this.#wanted) this.#takeNewest();
      else this.#rest();
    } catch (error) {
      this.#fail(deviceError(error, this.#device));
      return;
    }
    this.#host.doorbell.listen();
    setImmediate(() => this.#turn());
  }

  #takeNewest(): void {
    const buffer = this.#newest();
    if (!buffer) return;
    this.#hand(buffer);
    this.#camera.requeue(buffer);
  }

  #rest(): void {
    this.#host.doorbell.sleep(this.#restMs);
    for (let buffer = this.#camera.dequeue(0); buffer; buffer = this.#camera.dequeue(0)) {
      this.#hand(buffer);
      this.#camera.requeue(buffer);
    }
  }

  /** What has queued up while the thread was busy is old: the newest counts. */
  #newest(): CapturedBuffer | undefined {
    let newest = this.#camera.dequeue(SLICE_MS);
    for (let next = newest; next; next = this.#camera.dequeue(0)) {
      if (newest && next !== newest) {
        this.#camera.requeue(newest);
        this.#host.drop('late');
      }
      newest = next;
    }
    return newest;
  }

  #hand(buffer: CapturedBuffer): void {
    const sequence = this.#sequenceOf(buffer);
    if (buffer.error) this.#host.drop('driver-error');
    else if (buffer.bytesUsed === 0) this.#host.drop('empty');
    else if (buffer.bytesUsed < this.#leastBytes) this.#host.drop('short');
    else {
      const monotonic = buffer.clock === 'monotonic';
      const capturedAt = monotonic ? unixOfMonotonic(buffer.timestampUs / 1000) : unixNow();
      this.#host.frame(buffer.bytes, this.#format, sequence, capturedAt, this.#sizeImage);
    }
  }

  /** The driver's count moved on to ours. A gap is what the driver lost; a driver that does not count gets ours. */
  #sequenceOf({ sequence }: CapturedBuffer): number {
    this.#firstOfDriver ??= sequence;
    const next = this.#lastSequence + 1;
    const given = this.#host.firstSequence + sequence - this.#firstOfDriver;
    const moved = Math.max(next, given);
    if (moved > next) this.#host.drop('lost', moved - next);
    this.#lastSequence = moved;
    return moved;
  }

  #fail(error: FramehubError): void {
    this.#gone = error.code === 'CAPTURE_DEVICE_GONE';
    this.#host.fail(error);
  }

  #release(): void {
    this.#closed = true;
    try {
      // A camera that was unplugged has forgotten its values by itself.
      if (!this.#gone) this.#controls.restore();
    } catch (error) {
      this.#host.log('warn', `controls could not be put back: ${deviceError(error, this.#device).message}`);
    } finally {
      this.#camera.close();
    }
  }
}

function attempt<T>(device: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw deviceError(error, device);
  }
}

/** Source: V4L2_MAP_QUANTIZATION_DEFAULT; grey sensors behind USB use all 256 levels whatever the driver says. */
function pixelFormat({ fourcc, width, height, bytesPerLine, colorspace, quantization }: ActiveFormat): PixelFormat {
  const fullByDefault = ['RGB3', 'BGR3', 'GREY', 'MJPG', 'JPEG'].includes(fourcc) || colorspace === 'jpeg';
  const full = quantization === 'full' || (quantization === 'default' && fullByDefault);
  const least = minimumStride(fourcc, width);
  const stride = least === 0 ? 0 : Math.max(bytesPerLine, least);
  return { fourcc, width, height, stride, range: full ? 'full' : 'limited' };
}
