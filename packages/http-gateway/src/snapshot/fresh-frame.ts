import type { TopicReader } from '@framehub/broker';
import type { JpegFrame } from '@framehub/frame';

export interface FreshFrameOptions {
  /** Unix milliseconds: the frame must have been taken then or later. */
  readonly notBefore: number;
  /** Milliseconds to wait for it. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * Waits for a frame of a topic that is recent enough, and subscribes only as long as that takes; this wakes a sleeping
 * camera. Resolves to undefined when none comes in time or the signal fires. Rejects with what `subscribe` throws.
 */
export function freshFrame(
  broker: TopicReader<JpegFrame>,
  topic: string,
  { notBefore, timeout, signal }: FreshFrameOptions,
): Promise<JpegFrame | undefined> {
  const retained = broker.retained(topic);
  if (retained && retained.capturedAt >= notBefore) return Promise.resolve(retained);
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    let done = false;
    let stop = (): void => {};
    const settle = (frame: JpegFrame | undefined): void => {
      done = true;
      stop();
      resolve(frame);
    };
    const giveUp = (): void => settle(undefined);
    const subscription = broker.subscribe(topic, (frame) => {
      if (frame.capturedAt >= notBefore) settle(frame);
    });
    const timer = setTimeout(giveUp, timeout);
    signal.addEventListener('abort', giveUp);
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      subscription.close();
    };
    // The frame may have come while `subscribe` ran.
    if (done) stop();
  });
}
