import { FramehubError, type Producer, type RawFrame, type StillSize } from '@framehub/frame';
import { copyOf, ownFrame } from './own-frame.js';
import { refusalOf } from './refusal.js';
import type { Supervisor } from './supervisor.js';
import { TickTimeout } from './tick-timeout.js';

const LEAST_WAIT_MS = 10_000;
const WAIT_INTERVALS = 3;

/** Single pictures of any size. Who asks for the same at the same time gets the same. */
export class Stills {
  readonly #supervisor: Supervisor;
  readonly #stream: Producer<RawFrame>;
  readonly #underWay = new Map<string, Promise<RawFrame>>();
  /** Who waits for the next picture, and has to be told when none will come. */
  readonly #waiting = new Set<(error: FramehubError) => void>();

  /** @param stream where the next picture is taken from when it is as good */
  constructor(supervisor: Supervisor, stream: Producer<RawFrame>) {
    this.#supervisor = supervisor;
    this.#stream = stream;
  }

  take(size: StillSize): Promise<RawFrame> {
    const key = size === 'max' ? size : `${size.width}x${size.height}`;
    const shared = this.#underWay.get(key);
    if (shared) return shared;
    const still = this.#take(size).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, still);
    return still;
  }

  /** To be called when the camera's state is another. */
  update(): void {
    const { state, setup, vitals } = this.#supervisor;
    if (state === 'live' || state === 'starting') return;
    const refusal = refusalOf(setup.options.name, vitals);
    for (const reject of this.#waiting) reject(refusal);
  }

  #take(size: StillSize): Promise<RawFrame> {
    return this.#supervisor.ask(async (thread) => {
      const still = await thread.still(size);
      if (!still) return this.#next();
      this.#supervisor.vitals.passed(still.sequence);
      return ownFrame(still);
    });
  }

  /** The next picture of the stream. */
  #next(): Promise<RawFrame> {
    const limit = this.#patience();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timeout.cancel();
        this.#waiting.delete(fail);
        taking.close();
      };
      const fail = (error: FramehubError): void => {
        end();
        reject(error);
      };
      const taking = this.#stream.start((frame) => {
        const copy = frame.placeholder === undefined ? copyOf(frame) : undefined;
        if (!copy) return;
        end();
        resolve(copy);
      });
      const timeout = new TickTimeout(limit, () => fail(missing(limit)));
      this.#waiting.add(fail);
    });
  }

  /** Milliseconds; more where the camera has a picture in some seconds only. */
  #patience(): number {
    const { vitals, setup } = this.#supervisor;
    const fps = Math.min(vitals.nominalFps ?? Number.POSITIVE_INFINITY, setup.options.fps ?? Number.POSITIVE_INFINITY);
    return Math.max(LEAST_WAIT_MS, (WAIT_INTERVALS * 1000) / fps);
  }
}

function missing(limit: number): FramehubError {
  return new FramehubError('CAPTURE_STALLED', `no frame came for ${limit / 1000} s, so there is no still`, { limit });
}
