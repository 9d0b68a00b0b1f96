import { codeOf, FramehubError, Lock, recordOf, type StillSize } from '@framehub/frame';
import type { Still } from '../../messages.js';
import type { V4l2Options, WarmUp } from '../../options.js';
import { CaptureTimes } from '../../thread/clock.js';
import type { Source, SourceHost, SourceStart } from '../source.js';
import { takeStill } from './still.js';
import { V4l2Controls } from './v4l2-controls.js';
import { V4l2Device } from './v4l2-device.js';
import { FrameCount, FrameIntake } from './v4l2-stream.js';

/**
 * The longest wait in the driver before commands are read. They are also read after each frame, so this matters only for
 * a camera that is slow or has stalled.
 */
const SLICE_MS = 100;
/** Between two checks for controls that other programs have changed. */
const CONTROLS_INTERVAL_MS = 100;

/**
 * A camera of Video4Linux2.
 *
 * While frames are wanted, the thread blocks in poll() until one comes, passes it on and turns its event loop once, by
 * setImmediate: there commands arrive and reports leave. No timer makes a frame late, and no thread pool costs two
 * switches per frame.
 *
 * Otherwise it goes on dequeuing without copying, so that exposure stays right, a fault is noticed, and the first viewer's
 * first frame is a new one. But it lets frames gather in the driver's queue and takes several at a time: waking up for
 * each costs as much as all else together. It sleeps by the doorbell then, so that demand wakes it at once.
 *
 * For a still the loop pauses: a camera has one size at a time.
 */
export class V4l2Source implements Source {
  readonly lively = true;
  readonly controls: V4l2Controls;
  readonly #host: SourceHost;
  readonly #warmup: WarmUp | undefined;
  readonly #device: V4l2Device;
  readonly #count: FrameCount;
  readonly #times: CaptureTimes;
  readonly #intake: FrameIntake;
  readonly #stills = new Lock();
  #wanted = false;
  /** On performance.now()'s clock. */
  #controlsCheckAt = 0;
  #gone = false;
  #closed = false;
  #paused = false;

  /** Finds, opens, sets and starts the camera. Throws a `CAPTURE_…` error, and leaves nothing open then. */
  constructor(options: V4l2Options, host: SourceHost, { controls, originals, seen, warmup }: SourceStart) {
    this.#host = host;
    this.#warmup = warmup;
    const device = new V4l2Device(options, seen, host);
    this.#device = device;
    this.#count = new FrameCount(host.firstSequence);
    this.#times = new CaptureTimes(host);
    this.#intake = new FrameIntake(device.camera, host, device.stream, { count: this.#count, times: this.#times });
    this.controls = new V4l2Controls(device.camera, host, originals);
    try {
      host.opened(device.opened());
      device.attempt(() => this.controls.begin({ ...options.controls, ...controls }));
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#turn();
  }

  get expecting(): boolean {
    return !this.#paused;
  }

  demand(wanted: boolean): void {
    this.#wanted = wanted;
  }

  explain(error: unknown): unknown {
    return this.#device.explain(error);
  }

  still(size: StillSize): Promise<Still | undefined> {
    return this.#stills.exclusive(() => this.#takeStill(size));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#stills.exclusive(async () => this.#release());
  }

  /** Takes the frames that are there or come soon; called again on the event loop's next turn. */
  #turn(): void {
    if (this.#closed || this.#paused) return;
    try {
      if (this.#wanted) this.#intake.takeNewest(SLICE_MS);
      else this.#rest();
      const now = performance.now();
      if (now >= this.#controlsCheckAt) this.#checkControls(now);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#host.doorbell.listen();
    setImmediate(() => this.#turn());
  }

  /** Reports what other programs have changed. Each check is a system call, so there is not one per frame. */
  #checkControls(now: number): void {
    this.#controlsCheckAt = now + CONTROLS_INTERVAL_MS;
    const external = this.controls.noticed();
    if (external) this.#host.controlsChanged(external.controls, external.changed);
  }

  #rest(): void {
    const { fps } = this.#device.stream;
    // Half a frame is left for being late: with no buffer the driver drops frames.
    const room = fps ? ((this.#device.buffers - 1.5) * 1000) / fps : SLICE_MS;
    this.#host.doorbell.sleep(Math.min(SLICE_MS, room));
    this.#intake.takeAll();
  }

  async #takeStill(size: StillSize): Promise<Still | undefined> {
    this.#checkOpen();
    const device = this.#device;
    const setting = device.settingForStill(size);
    if (!setting) return undefined;
    this.#paused = true;
    try {
      device.camera.stop();
      return await takeStill(setting, {
        camera: device.camera,
        buffers: device.buffers,
        count: this.#count,
        times: this.#times,
        warmup: this.#warmup,
        turn: () => this.#nextTurn(),
      });
    } catch (error) {
      // While the device still shows why: restarting it may change that.
      throw device.explain(error);
    } finally {
      if (!this.#closed) this.#resume();
    }
  }

  async #nextTurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#checkOpen();
  }

  #checkOpen(): void {
    if (this.#closed) throw new FramehubError('CAPTURE_CLOSED', 'the camera is being closed');
  }

  #resume(): void {
    try {
      this.#device.restart();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#intake.restart(this.#device.stream);
    this.#paused = false;
    this.#host.restarted();
    this.#turn();
  }

  #fail(error: unknown): void {
    const explained = this.#device.explain(error);
    this.#gone = codeOf(explained) === 'CAPTURE_DEVICE_GONE';
    this.#host.fail(explained);
  }

  #release(): void {
    try {
      // A camera that was unplugged has forgotten its values by itself.
      if (!this.#gone) this.controls.restore();
    } catch (error) {
      this.#host.log('warn', `controls could not be restored: ${recordOf(this.#device.explain(error)).message}`);
    } finally {
      this.#device.camera.close();
    }
  }
}
