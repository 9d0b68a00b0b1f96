import type { FrameBus } from '@framehub/broker';
import type { JpegFrame, Subscription } from '@framehub/frame';

export interface FreshFrameOptions {
  /** Unix milliseconds: the picture must have been taken then or later. */
  readonly notBefore: number;
  /** Milliseconds to wait for it. */
  readonly timeout: number;
  /** Whether a card will do where a picture cannot be had. */
  readonly orCard: boolean;
  readonly signal: AbortSignal;
  /** Whom the picture is for, as far as shares go. */
  readonly client: string;
  /** True while no picture is to be expected, however long one waits. */
  isHopeless(): boolean;
  /** Calls the listener whenever `isHopeless` may answer otherwise. Returns a function that ends it. */
  watch(listener: () => void): Subscription;
}

/**
 * Waits for a picture of a topic that is recent enough, and subscribes only as long as that takes; this wakes a sleeping
 * camera. A card is no picture, however new.
 *
 * Resolves to the card, if that will do, or to undefined, when none comes in time, none is to be expected, or the signal
 * fires. Rejects with what `subscribe` throws.
 */
export function freshFrame(
  broker: FrameBus<JpegFrame>,
  topic: string,
  { notBefore, timeout, orCard, signal, client, isHopeless, watch }: FreshFrameOptions,
): Promise<JpegFrame | undefined> {
  let newest = broker.latest(topic);
  const isFresh = (frame: JpegFrame): boolean => frame.placeholder === undefined && frame.capturedAt >= notBefore;
  const card = (): JpegFrame | undefined => (orCard && newest?.placeholder !== undefined ? newest : undefined);
  // A card that will do has to come first.
  const isInVain = (): boolean => isHopeless() && (!orCard || card() !== undefined);
  if (newest && isFresh(newest)) return Promise.resolve(newest);
  if (signal.aborted || isInVain()) return Promise.resolve(card());
  return new Promise((resolve) => {
    let done = false;
    let stop = (): void => {};
    const settle = (frame: JpegFrame | undefined): void => {
      done = true;
      stop();
      resolve(frame);
    };
    const giveUp = (): void => settle(card());
    const look = (): void => {
      if (isInVain()) giveUp();
    };
    const take = (frame: JpegFrame): void => {
      newest = frame;
      if (isFresh(frame)) settle(frame);
      else look();
    };
    const subscription = broker.subscribe(topic, take, { client });
    const watching = watch(look);
    const timer = setTimeout(giveUp, timeout);
    signal.addEventListener('abort', giveUp);
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      watching.close();
      subscription.close();
    };
    // The frame may have come while `subscribe` ran.
    if (done) stop();
  });
}
