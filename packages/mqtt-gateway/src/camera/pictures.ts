import type { FrameBus } from '@framehub/broker';
import {
  type CameraState,
  type CameraStatus,
  type CameraView,
  FramehubError,
  type JpegFrame,
  jpegTopic,
  type Rendition,
} from '@framehub/frame';

export interface PictureWish {
  readonly rendition: Rendition;
  /** Unix milliseconds: taken then or later. */
  readonly notBefore: number;
  /** Frames that will not do, though they are recent. */
  readonly refuse?: (frame: JpegFrame) => boolean;
  /** Whom the rendition is for, as far as shares go; absent where the program itself asks for it. */
  readonly client?: string | undefined;
  readonly signal: AbortSignal;
}

/** What all who send commands count as at the bus, together: a broker does not tell who sent one. */
export const MQTT_CLIENT = 'mqtt';

/** Milliseconds that any camera gets to wake up and take a picture, and the slowest. */
const PATIENCE = 10_000;
const MAX_PATIENCE = 120_000;

/** Nothing comes of these by waiting: who switches the camera on, or plugs it in, is not in a hurry. */
const HOPELESS: readonly CameraState[] = ['off', 'closed', 'retrying'];

/** One camera's pictures, one at a time: subscribes only until the right one is there. */
export class Pictures {
  constructor(
    private readonly broker: FrameBus<JpegFrame>,
    private readonly camera: CameraView,
  ) {}

  /**
   * The next picture, never a card that stands for one.
   * Rejects with `MQTT_NO_FRAME` when none comes in time, with what `subscribe` throws, and with the signal's reason.
   */
  next({ rendition, notBefore, refuse = () => false, client, signal }: PictureWish): Promise<JpegFrame> {
    const status = this.camera.status();
    if (HOPELESS.includes(status.state)) return Promise.reject(this.#none(0));
    const topic = jpegTopic(this.camera.name, rendition);
    const fits = (frame: JpegFrame): boolean =>
      frame.placeholder === undefined && frame.capturedAt >= notBefore && !refuse(frame);
    return new Promise((resolve, reject) => {
      const end = new AbortController();
      const timeout = patience(status);
      const timer = setTimeout(() => settle(() => reject(this.#none(timeout))), timeout);
      const onAbort = (): void => settle(() => reject(signal.reason));
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        end.abort();
        act();
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort);
      const retained = this.broker.latest(topic);
      if (retained && fits(retained)) return settle(() => resolve(retained));
      try {
        const onFrame = (frame: JpegFrame): void => {
          if (fits(frame)) settle(() => resolve(frame));
        };
        const subscription = this.broker.subscribe(topic, onFrame, { client });
        // The frame may have come while `subscribe` ran.
        if (end.signal.aborted) subscription.close();
        else end.signal.addEventListener('abort', () => subscription.close());
      } catch (error) {
        settle(() => reject(error));
      }
    });
  }

  #none(timeout: number): FramehubError {
    const { name, state, error, placeholder } = this.camera.status();
    const reason = error?.message ?? placeholder;
    const wait = timeout > 0 ? ` within ${Math.round(timeout / 1000)} s` : '';
    const message = `${name} gave no picture${wait}; it is ${state}${reason ? `: ${reason}` : ''}`;
    return new FramehubError('MQTT_NO_FRAME', message, { camera: name, state });
  }
}

/** A slow camera gets the time of three of its frames. */
function patience({ fps }: CameraStatus): number {
  const interval = fps.nominal ? 1000 / fps.nominal : 0;
  return Math.min(Math.max(PATIENCE, 3 * interval), MAX_PATIENCE);
}
